using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Laws;

/// <summary>A key's life: held for a run of packets by one thread, disposed by any, wiped once and never under the holder's feet.</summary>
public sealed class AeadHoldTests
{
    public static TheoryData<SuiteName> Suites => [.. Enum.GetValues<SuiteName>()];

    [Fact]
    public void An_unused_key_is_wiped_immediately_and_once()
    {
        var aead = new CountingAead();
        aead.Seal(1, default, default, new byte[CountingAead.Tag]);
        Assert.Equal(0, aead.Wipes);
        aead.Dispose();
        aead.Dispose();

        Assert.Equal(1, aead.Wipes);
        Assert.False(aead.TryHold());
    }

    [Fact]
    public void A_key_that_is_held_is_refused_once_disposed_and_wiped_when_released()
    {
        var aead = new CountingAead();
        Assert.True(aead.TryHold());
        aead.Seal(1, default, default, new byte[CountingAead.Tag]);
        aead.Dispose();

        Assert.Throws<ObjectDisposedException>(() => aead.Seal(2, default, default, new byte[CountingAead.Tag]));
        Assert.Throws<ObjectDisposedException>(() => aead.Open(2, default, new byte[CountingAead.Tag], default));
        Assert.Equal(0, aead.Wipes);
        aead.Release();
        aead.Dispose();

        Assert.Equal(1, aead.Wipes);
        Assert.Equal(1, aead.Packets);
        Assert.False(aead.TryHold());
    }

    [Fact]
    public void A_run_can_be_followed_by_another()
    {
        using var aead = new CountingAead();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(aead.TryHold());
            aead.Release();
        }

        aead.Seal(1, default, default, new byte[CountingAead.Tag]);
        Assert.True(aead.TryHold());
        aead.Release();
    }

    /// <summary>Keys are disposed under a thread that seals: each packet is either sealed under the key or refused.</summary>
    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Disposing_from_another_thread_never_lets_a_wrong_key_seal(SuiteName name)
    {
        const int Keys = 300;
        const int MaxPackets = 200_000;
        var suite = CipherSuite.Get(name);
        foreach (var create in Implementations.Of(suite))
        {
            var key = Enumerable.Repeat((byte)7, suite.KeySize).ToArray();
            var expected = new byte[64 + suite.TagSize];
            using (var reference = create(key))
            {
                reference.Seal(1, default, new byte[64], expected);
            }

            Aead current = create(key);
            var others = Task.Run(() =>
            {
                for (var i = 0; i < Keys; i++)
                {
                    Interlocked.Exchange(ref current, create(key)).Dispose();
                }
            });
            var packet = new byte[64 + suite.TagSize];
            for (var packets = 0; packets < MaxPackets && !others.IsCompleted;)
            {
                packets += SealRun(Volatile.Read(ref current), packet, expected);
            }

            await others;
            current.Dispose();
        }
    }

    private static int SealRun(Aead aead, byte[] packet, byte[] expected)
    {
        if (!aead.TryHold())
        {
            return 1;
        }

        try
        {
            for (var i = 0; i < 4; i++)
            {
                packet.AsSpan().Clear();
                aead.Seal(1, default, packet.AsSpan(0, 64), packet);
                Assert.Equal(expected, packet);
            }
        }
        catch (ObjectDisposedException)
        {
            // Refused: what this is about.
        }
        finally
        {
            aead.Release();
        }

        return 4;
    }

    private sealed class CountingAead() : Aead(Tag)
    {
        public const int Tag = 16;

        public int Packets { get; private set; }

        public int Wipes { get; private set; }

        protected override void SealCore(
            ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext) => Packets++;

        protected override bool OpenCore(
            ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext) => ++Packets > 0;

        protected override void Wipe() => Wipes++;
    }
}
