using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Vectors;

/// <summary>Source of truth: tests/Vectors/wycheproof, for every implementation of each suite and for X25519.</summary>
public sealed class WycheproofTests
{
    [Theory]
    [InlineData(SuiteName.Wireguard, "chacha20_poly1305", 316)]
    [InlineData(SuiteName.Aes256Gcm, "aes_gcm", 66)]
    public void Valid_cases_seal_and_open_and_invalid_ones_are_refused(SuiteName name, string file, int cases)
    {
        var suite = CipherSuite.Get(name);
        Assert.SkipUnless(suite.IsSupported, "This processor lacks what the suite needs.");
        var tests = Load(file, group => (int)group["keySize"]! == 256 && (int)group["ivSize"]! == 96);
        Assert.Equal(cases, tests.Count);
        foreach (var test in tests)
        {
            var (layout, counter) = Split(suite, Hex(test["iv"]));
            foreach (var create in Implementations.Of(suite, layout))
            {
                using var aead = create(Hex(test["key"]));
                var (associated, plaintext) = (Hex(test["aad"]), Hex(test["msg"]));
                byte[] ciphertext = [.. Hex(test["ct"]), .. Hex(test["tag"])];
                var isValid = (string)test["result"]! == "valid";
                var buffer = new byte[plaintext.Length + suite.TagSize];
                plaintext.CopyTo(buffer, 0);
                aead.Seal(counter, associated, buffer.AsSpan(0, plaintext.Length), buffer);
                Assert.Equal(isValid, buffer.AsSpan().SequenceEqual(ciphertext));
                Assert.Equal(isValid, aead.Open(counter, associated, ciphertext, ciphertext.AsSpan(0, plaintext.Length)));
                Assert.True(!isValid || ciphertext.AsSpan(0, plaintext.Length).SequenceEqual(plaintext));
            }
        }
    }

    [Theory]
    [InlineData(SuiteName.Aegis256, "aegis256", 360)]
    [InlineData(SuiteName.Aegis128l, "aegis128L", 367)]
    public void Aegis_matches_the_reference_as_far_as_it_can_be_compared(SuiteName name, string file, int cases)
    {
        var suite = CipherSuite.Get(name);
        var tests = Load(file, _ => true).Where(test => (string)test["result"]! == "valid").ToList();
        Assert.Equal(cases, tests.Count);
        foreach (var test in tests)
        {
            var (layout, counter) = Split(suite, Hex(test["iv"]));
            using var aead = Implementations.Of(suite, layout)[0](Hex(test["key"]));
            var plaintext = Hex(test["msg"]);
            var buffer = new byte[plaintext.Length + suite.TagSize];
            aead.Seal(counter, Hex(test["aad"]), plaintext, buffer);
            Assert.Equal(Hex(test["ct"]), buffer[..plaintext.Length]);
            if (name == SuiteName.Aegis256)
            {
                // A tag of 16 bytes is the sum of the halves of one of 32.
                var tag = buffer[plaintext.Length..];
                Assert.Equal(Hex(test["tag"]), tag[..16].Zip(tag[16..], (low, high) => (byte)(low ^ high)));
            }

            Assert.True(aead.Open(counter, Hex(test["aad"]), buffer, buffer.AsSpan(0, plaintext.Length)));
            Assert.Equal(plaintext, buffer[..plaintext.Length]);
        }
    }

    [Fact]
    public void X25519_agrees_on_the_published_secret_or_refuses_zero()
    {
        var tests = Load("x25519", _ => true);
        Assert.Equal(518, tests.Count);
        foreach (var test in tests)
        {
            using var key = X25519Key.Import(Hex(test["private"]));
            var shared = new byte[X25519Key.Size];
            var expected = Hex(test["shared"]);
            var isZero = expected.All(value => value == 0);
            Assert.Equal(!isZero, key.TryAgree(Hex(test["public"]), shared));
            Assert.Equal(expected, isZero ? expected : shared);
        }
    }

    // A published nonce as the suites make theirs: what is in front of the counter, and the counter.
    private static (NonceLayout Layout, ulong Counter) Split(CipherSuite suite, byte[] nonce)
    {
        var last = nonce.AsSpan(suite.Layout.Size - sizeof(ulong));
        return (
            suite.Layout with { Prefix = nonce[..^sizeof(ulong)] },
            suite.Layout.BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(last) : BinaryPrimitives.ReadUInt64LittleEndian(last));
    }

    private static byte[] Hex(JsonNode? node) => Convert.FromHexString(node!.GetValue<string>());

    private static List<JsonNode> Load(string file, Func<JsonNode, bool> isUsed, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "Vectors", "wycheproof", file + ".json");
        return [.. JsonNode.Parse(File.ReadAllText(path))!["testGroups"]!.AsArray()
            .Where(group => isUsed(group!)).SelectMany(group => group!["tests"]!.AsArray()).Select(test => test!)];
    }
}
