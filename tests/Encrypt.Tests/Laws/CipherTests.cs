using Culvert.Plugins.Encrypt.Suites;
using NSec.Cryptography;

namespace Encrypt.Tests.Laws;

/// <summary>Every implementation of a suite's cipher computes what NSec does, at every small size and across the choice by size.</summary>
public sealed class CipherTests
{
    public static TheoryData<SuiteName> Suites => [.. Enum.GetValues<SuiteName>()];

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_one_implementation_seals_every_other_opens(SuiteName name)
    {
        var suite = CipherSuite.Get(name);
        var key = Enumerable.Range(1, suite.KeySize).Select(i => (byte)i).ToArray();
        using var sodium = suite.CreateSodium(key);
        var nsec = NSecOf(name);
        using var nsecKey = Key.Import(nsec, key, KeyBlobFormat.RawSymmetricKey);
        var nonce = new byte[suite.Layout.Size];
        using var bound = suite.BaseLibrary?.Invoke(key, suite.CreateSodium) ?? suite.CreateSodium(key);
        using var bySize = new BySizeAead(suite.CreateSodium(key), suite.BaseLibrary?.Invoke(key, suite.CreateSodium) ?? suite.CreateSodium(key), 300);

        for (var size = 0; size < 600; size++)
        {
            var plaintext = Enumerable.Range(size, size).Select(i => (byte)i).ToArray();
            var expected = new byte[size + suite.TagSize];
            suite.Layout.Write(nonce, (ulong)size);
            nsec.Encrypt(nsecKey, nonce, "ad"u8, plaintext, expected);
            foreach (var aead in new[] { sodium, bound, bySize })
            {
                var packet = new byte[size + suite.TagSize];
                plaintext.CopyTo(packet, 0);
                aead.Seal((ulong)size, "ad"u8, packet.AsSpan(0, size), packet);
                Assert.Equal(expected, packet);
                Assert.True(aead.Open((ulong)size, "ad"u8, packet, packet.AsSpan(0, size)));
                Assert.Equal(plaintext, packet[..size]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_forgery_is_refused_again_and_again_and_what_is_true_still_opens(SuiteName name)
    {
        var suite = CipherSuite.Get(name);
        using var aead = suite.BaseLibrary?.Invoke(new byte[suite.KeySize], suite.CreateSodium) ?? suite.CreateSodium(new byte[suite.KeySize]);
        var packet = new byte[100 + suite.TagSize];
        aead.Seal(7, default, packet.AsSpan(0, 100), packet);

        for (var i = 0; i < 3; i++)
        {
            var forged = packet.ToArray();
            forged[i] ^= 1;
            Assert.False(aead.Open(7, default, forged, forged.AsSpan(0, 100)));
            Assert.False(aead.Open(8, default, packet.ToArray(), new byte[100]));
        }

        Assert.True(aead.Open(7, default, packet, packet.AsSpan(0, 100)));
    }

    [Theory]
    [InlineData(400, 1700, 800, 1300, 742)]
    [InlineData(800, 1700, 400, 1300, 0)]
    [InlineData(400, 1300, 800, 1700, int.MaxValue)]
    [InlineData(800, 1300, 400, 1700, int.MaxValue)]
    [InlineData(400, 1300, 400, 1300, int.MaxValue)]
    public void The_size_from_which_the_base_library_seals_follows_from_two_measurements(
        long nsecSmall, long nsecFull, long baseSmall, long baseFull, int threshold) =>
        Assert.Equal(threshold, CipherChooser.Threshold((nsecSmall, nsecFull), (baseSmall, baseFull)));

    private static AeadAlgorithm NSecOf(SuiteName name) => name switch
    {
        SuiteName.Wireguard => AeadAlgorithm.ChaCha20Poly1305,
        SuiteName.Aes256Gcm => AeadAlgorithm.Aes256Gcm,
        SuiteName.Aegis256 => AeadAlgorithm.Aegis256,
        _ => AeadAlgorithm.Aegis128L,
    };
}
