using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;
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
        var nsec = NSecOf(name);
        using var nsecKey = Key.Import(nsec, key, KeyBlobFormat.RawSymmetricKey);
        var nonce = new byte[suite.Layout.Size];
        var factories = Implementations.Of(suite);
        List<Aead> aeads = [.. factories.Select(create => create(key)), new BySizeAead(factories[0](key), factories[^1](key), 300)];

        for (var size = 0; size < 600; size++)
        {
            var plaintext = Enumerable.Range(size, size).Select(i => (byte)i).ToArray();
            var associated = "ad"u8[..(size % 3)];
            var expected = new byte[size + suite.TagSize];
            suite.Layout.Write(nonce, (ulong)size);
            nsec.Encrypt(nsecKey, nonce, associated, plaintext, expected);
            foreach (var aead in aeads)
            {
                var packet = new byte[size + suite.TagSize];
                plaintext.CopyTo(packet, 0);
                aead.Seal((ulong)size, associated, packet.AsSpan(0, size), packet);
                Assert.Equal(expected, packet);
                Assert.True(aead.Open((ulong)size, associated, packet, packet.AsSpan(0, size)));
                Assert.Equal(plaintext, packet[..size]);
            }
        }

        aeads.ForEach(aead => aead.Dispose());
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_forgery_is_refused_again_and_again_and_what_is_true_still_opens(SuiteName name)
    {
        var suite = CipherSuite.Get(name);
        foreach (var create in Implementations.Of(suite))
        {
            using var aead = create(new byte[suite.KeySize]);
            var packet = new byte[100 + suite.TagSize];
            aead.Seal(7, "ad"u8, packet.AsSpan(0, 100), packet);

            for (var i = 0; i < packet.Length; i++)
            {
                var forged = packet.ToArray();
                forged[i] ^= 1;
                Assert.False(aead.Open(7, "ad"u8, forged, forged.AsSpan(0, 100)));
                Assert.False(aead.Open(8, "ad"u8, packet.ToArray(), new byte[100]));
                Assert.False(aead.Open(7, "da"u8, packet.ToArray(), new byte[100]));
                Assert.True(aead.Open(7, "ad"u8, packet.ToArray(), new byte[100]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_was_not_authentic_is_not_shown(SuiteName name)
    {
        var suite = CipherSuite.Get(name);
        foreach (var create in Implementations.Of(suite))
        {
            using var aead = create(new byte[suite.KeySize]);
            var packet = new byte[100 + suite.TagSize];
            packet.AsSpan(0, 100).Fill(0x55);
            aead.Seal(7, default, packet.AsSpan(0, 100), packet);
            packet[^1] ^= 1;
            Assert.False(aead.Open(7, default, packet, packet.AsSpan(0, 100)));
            Assert.DoesNotContain((byte)0x55, packet[..100]);
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Lengths_that_do_not_fit_are_wrong_use(SuiteName name)
    {
        var suite = CipherSuite.Get(name);
        foreach (var create in Implementations.Of(suite))
        {
            using var aead = create(new byte[suite.KeySize]);
            Assert.ThrowsAny<ArgumentException>(() => aead.Seal(1, default, new byte[10], new byte[10 + suite.TagSize - 1]));
            Assert.ThrowsAny<ArgumentException>(() => aead.Open(1, default, new byte[10 + suite.TagSize], new byte[11]));
        }
    }

    [Fact]
    public void A_cipher_of_the_system_that_was_closed_cannot_be_used()
    {
        var aead = CipherSuite.Wireguard.OfSystem?.Invoke(new byte[32]);
        Assert.SkipWhen(aead is null, "This system's own library has no ChaCha20-Poly1305.");
        var packet = new byte[116];
        aead.Seal(1, default, packet.AsSpan(0, 100), packet);
        Assert.True(aead.Open(1, default, packet, packet.AsSpan(0, 100)));
        aead.Dispose();

        Assert.Throws<ObjectDisposedException>(() => aead.Seal(2, default, packet.AsSpan(0, 100), packet));
        Assert.Throws<ObjectDisposedException>(() => aead.Open(1, default, packet, packet.AsSpan(0, 100)));

        var unused = CipherSuite.Wireguard.OfSystem!(new byte[32]);
        unused.Dispose();
        Assert.Throws<ObjectDisposedException>(() => unused.Seal(2, default, packet.AsSpan(0, 100), packet));
        Assert.Throws<ObjectDisposedException>(() => unused.Open(1, default, packet, packet.AsSpan(0, 100)));
    }

    [Theory]
    [InlineData(400, 1700, 800, 1300, 742)]
    [InlineData(800, 1700, 400, 1300, 0)]
    [InlineData(400, 1300, 800, 1700, int.MaxValue)]
    [InlineData(800, 1300, 400, 1700, int.MaxValue)]
    [InlineData(400, 1300, 400, 1300, int.MaxValue)]
    public void The_size_from_which_the_system_seals_follows_from_two_measurements(
        long sodiumSmall, long sodiumFull, long systemSmall, long systemFull, int threshold) =>
        Assert.Equal(threshold, CipherChooser.Threshold((sodiumSmall, sodiumFull), (systemSmall, systemFull)));

    private static AeadAlgorithm NSecOf(SuiteName name) => name switch
    {
        SuiteName.Wireguard => AeadAlgorithm.ChaCha20Poly1305,
        SuiteName.Aes256Gcm => AeadAlgorithm.Aes256Gcm,
        SuiteName.Aegis256 => AeadAlgorithm.Aegis256,
        _ => AeadAlgorithm.Aegis128L,
    };
}
