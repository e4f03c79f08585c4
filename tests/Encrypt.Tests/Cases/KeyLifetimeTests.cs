using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>A key is wiped after the last use of it, and nothing is sealed with what is left then.</summary>
public sealed class KeyLifetimeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static TheoryData<SuiteName> Suites => [.. Enum.GetValues<SuiteName>()];

    [Fact]
    public void A_keypair_is_retired_after_its_replacement_is_visible()
    {
        using var pair = new TunnelPair();
        Keypairs? keypairs = null;
        List<uint> retired = [];
        keypairs = new Keypairs(pair.Left.Tunnel.Peers.Indexes, keypair =>
        {
            Assert.NotSame(keypair, keypairs!.Current);
            Assert.NotSame(keypair, keypairs.Previous);
            Assert.NotSame(keypair, keypairs.Next);
            retired.Add(keypair.LocalIndex);
        });

        keypairs.AddAsInitiator(NewKeypair(pair, 1));
        keypairs.AddAsResponder(NewKeypair(pair, 2));
        // The peer's handshake was not confirmed when ours succeeds.
        keypairs.AddAsInitiator(NewKeypair(pair, 3));
        Assert.Equal([1u], retired);
        keypairs.AddAsResponder(NewKeypair(pair, 4));
        Assert.Equal([1u, 2u], retired);
        var confirmed = NewKeypair(pair, 5);
        keypairs.AddAsResponder(confirmed);
        Assert.True(keypairs.Confirm(confirmed));
        Assert.Equal([1u, 2u, 4u], retired);
        keypairs.AddAsInitiator(NewKeypair(pair, 6));
        keypairs.Clear();

        Assert.Equal([1u, 2u, 4u, 3u, 5u, 6u], retired);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_keypair_that_was_disposed_neither_seals_nor_opens(SuiteName suite)
    {
        using var pair = new TunnelPair(suite).Connect();
        var keypair = pair.Left.Peer.Keypairs.Current!;
        keypair.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Seal(pair, keypair, 0));
        Assert.Throws<ObjectDisposedException>(() => keypair.TryOpen(0, new byte[CipherSuite.Get(suite).TagSize], 7));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_cipher_that_was_disposed_neither_seals_nor_opens(SuiteName suite)
    {
        foreach (var create in Implementations.Of(CipherSuite.Get(suite)))
        {
            foreach (var wasUsed in new[] { false, true })
            {
                var aead = create(new byte[CipherSuite.Get(suite).KeySize]);
                var message = new byte[CipherSuite.Get(suite).TagSize];
                if (wasUsed)
                {
                    aead.Seal(1, default, default, message);
                    Assert.True(aead.Open(1, default, message, default));
                }

                aead.Dispose();

                Assert.Throws<ObjectDisposedException>(() => aead.Seal(2, default, default, message));
                Assert.Throws<ObjectDisposedException>(() => aead.Open(2, default, message, default));
            }
        }
    }

    [Fact]
    public async Task Lanes_have_ciphers_of_their_own_and_no_copy_of_the_key_is_left()
    {
        using var pair = new TunnelPair();
        var suite = CipherSuite.Wireguard;
        using var both = new Barrier(2);
        List<Aead> created = [];
        var cipher = new DataCipher(suite, CipherLibrary.Libsodium, key =>
        {
            var aead = suite.CreateSodium(key);
            lock (created)
            {
                created.Add(aead);
            }

            return aead;
        }, Lanes: 2);
        var keypair = NewKeypair(pair, 1, cipher);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(lane => Task.Run(() =>
        {
            Assert.True(both.SignalAndWait(Limit));
            Seal(pair, keypair, lane);
        })));
        keypair.Dispose();

        Assert.Equal(2, created.Count);
        Assert.All(created, aead => Assert.Throws<ObjectDisposedException>(() => aead.Seal(0, default, default, new byte[suite.TagSize])));
    }

    [Fact]
    public void What_a_loop_may_hold_is_disposed_after_its_batch()
    {
        using var pair = new TunnelPair();
        var reclaimer = pair.Left.Tunnel.Local.Reclaimer;
        var held = NewKeypair(pair, 1);

        reclaimer.Enter(0);
        reclaimer.Retire(held);
        pair.Wait(TimeSpan.FromSeconds(1));
        Seal(pair, held, 0);
        reclaimer.Leave(0);
        pair.Wait(TimeSpan.FromSeconds(1));

        Assert.Throws<ObjectDisposedException>(() => Seal(pair, held, 0));
        Assert.Equal(0, reclaimer.Pending);
    }

    [Fact]
    public void An_object_whose_end_throws_keeps_no_key_from_being_wiped()
    {
        using var pair = new TunnelPair();
        var reclaimer = pair.Left.Tunnel.Local.Reclaimer;
        var (behind, held) = (NewKeypair(pair, 1), NewKeypair(pair, 2));

        reclaimer.Retire(new Throwing());
        reclaimer.Retire(behind);
        reclaimer.Enter(0);
        reclaimer.Retire(held);
        pair.Wait(TimeSpan.FromSeconds(1));
        Assert.Throws<ObjectDisposedException>(() => Seal(pair, behind, 0));
        reclaimer.Leave(0);
        pair.Wait(TimeSpan.FromSeconds(1));

        Assert.Throws<ObjectDisposedException>(() => Seal(pair, held, 0));
        Assert.Single(pair.Left.Context.Faults);
    }

    private sealed class Throwing : IDisposable
    {
        public void Dispose() => throw new InvalidOperationException("a bug");
    }

    private static void Seal(TunnelPair pair, Keypair keypair, int lane)
    {
        Assert.True(pair.Left.Context.TryRent(0, out var lease));
        using (lease)
        {
            Assert.True(keypair.TrySeal(lane, new LeasedPacket(lease), pair.Left.Context.Mtu));
        }
    }

    private static Keypair NewKeypair(TunnelPair pair, uint index, DataCipher? cipher = null) => new(
        pair.Left.Peer, (new SecretBytes(KeyText.KeySize), new SecretBytes(KeyText.KeySize)), true, (index, index),
        pair.Time.GetTimestamp(), cipher ?? pair.Left.Tunnel.Local.Cipher);
}
