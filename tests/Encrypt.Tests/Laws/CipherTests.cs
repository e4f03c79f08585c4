using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;
using NSec.Cryptography;

namespace Encrypt.Tests.Laws;

/// <summary>Every implementation of a suite's cipher computes what NSec does, at every size of a packet and beyond.</summary>
public sealed class CipherTests
{
    // Every size up to a full Ethernet frame, then some around whole chunks and blocks of keystream, and the largest datagram.
    private static readonly int[] Sizes =
        [.. Enumerable.Range(0, 1700), 2047, 2048, 3071, 3072, 3073, 3135, 3136, 4608, 4609, 9000, 65_000, 65_535];

    public static TheoryData<SuiteName> Suites => [.. Enum.GetValues<SuiteName>()];

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_one_implementation_seals_every_other_opens(SuiteName name)
    {
        var suite = CipherSuite.Get(name);
        var random = new Random(1);
        var key = new byte[suite.KeySize];
        random.NextBytes(key);
        var nsec = NSecOf(name);
        using var nsecKey = Key.Import(nsec, key, KeyBlobFormat.RawSymmetricKey);
        var nonce = new byte[suite.Layout.Size];
        List<Aead> aeads = [.. Implementations.Of(suite).Select(create => create(key))];
        foreach (var size in Sizes)
        {
            var plaintext = new byte[size];
            random.NextBytes(plaintext);
            suite.Layout.Write(nonce, (ulong)size);
            Compare(default, plaintext);
            Compare("ad"u8[..(size % 3)], plaintext);
        }

        aeads.ForEach(aead => aead.Dispose());

        void Compare(ReadOnlySpan<byte> associated, byte[] plaintext)
        {
            var size = plaintext.Length;
            var expected = new byte[size + suite.TagSize];
            nsec.Encrypt(nsecKey, nonce, associated, plaintext, expected);
            foreach (var aead in aeads)
            {
                var packet = new byte[size + suite.TagSize];
                plaintext.CopyTo(packet, 0);
                aead.Seal((ulong)size, associated, packet.AsSpan(0, size), packet);
                Assert.True(expected.AsSpan().SequenceEqual(packet), $"{aead.GetType().Name} seals {size} bytes wrongly");
                Assert.True(aead.Open((ulong)size, associated, packet, packet.AsSpan(0, size)));
                Assert.True(plaintext.AsSpan().SequenceEqual(packet.AsSpan(0, size)), $"{aead.GetType().Name} opens {size} bytes wrongly");
            }
        }
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
            foreach (var size in new[] { 1, 100, 1420, 5000 })
            {
                using var aead = create(new byte[suite.KeySize]);
                var plaintext = Enumerable.Repeat((byte)0x55, size).ToArray();
                var packet = new byte[size + suite.TagSize];
                aead.Seal(7, default, plaintext, packet);
                packet[^1] ^= 1;
                var opened = new byte[size];
                Assert.False(aead.Open(7, default, packet, opened));
                Assert.NotEqual(plaintext, opened);
                Assert.False(aead.Open(7, default, packet, packet.AsSpan(0, size)));
                Assert.NotEqual(plaintext, packet[..size]);
            }
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_of_a_packet_stays_in_the_scratch(bool throughEvp)
    {
        var algorithms = throughEvp ? OpenSslAlgorithms.FindEvp() : OpenSslAlgorithms.Find();
        Assert.SkipWhen(algorithms is null, "This system's OpenSSL has no ChaCha20 or no Poly1305.");
        Assert.Equal(throughEvp, algorithms.Direct is null);
        var key = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
        using var aead = new OpenSslChaCha20Poly1305(algorithms, CipherSuite.Wireguard.Layout, key);
        var scratch = PacketScratch.OfThread(algorithms);
        foreach (var size in Sizes)
        {
            var packet = new byte[size + 16];
            aead.Seal(1, default, packet.AsSpan(0, size), packet);
            Assert.False(scratch.Contents.ContainsAnyExcept((byte)0), $"sealing {size} bytes");
            packet[^1] ^= 1;
            Assert.False(aead.Open(1, default, packet, packet.AsSpan(0, size)));
            Assert.False(scratch.Contents.ContainsAnyExcept((byte)0), $"refusing {size} bytes");
            packet[^1] ^= 1;
            Assert.True(aead.Open(1, default, packet, packet.AsSpan(0, size)));
            Assert.False(scratch.Contents.ContainsAnyExcept((byte)0), $"opening {size} bytes");
        }
    }

    private static AeadAlgorithm NSecOf(SuiteName name) => name switch
    {
        SuiteName.Wireguard => AeadAlgorithm.ChaCha20Poly1305,
        SuiteName.Aes256Gcm => AeadAlgorithm.Aes256Gcm,
        SuiteName.Aegis256 => AeadAlgorithm.Aegis256,
        _ => AeadAlgorithm.Aegis128L,
    };
}
