using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Packets that wait for peers that do not answer: they are bounded, and the protocol's messages never wait for their memory.</summary>
public sealed class HeldPacketTests
{
    // The harness has 256 packets.
    private const int SilentPeers = 3;

    [Fact]
    public void Peers_that_do_not_answer_keep_no_other_peer_from_connecting()
    {
        using var tunnel = new TunnelPair(left: WithSilentPeers);
        FillWithHeldPackets(tunnel);

        tunnel.Connect();

        Assert.Single(tunnel.Right.Delivered);
        Assert.Equal(1, tunnel.Left.Context.Count("handshakes-completed"));
        Assert.Equal(0, tunnel.Left.Context.Count("no-memory"));
    }

    [Fact]
    public void An_established_session_is_renewed_while_other_peers_are_silent()
    {
        using var tunnel = new TunnelPair(left: WithSilentPeers).Connect();
        for (var i = 0; i < 100; i++)
        {
            FillWithHeldPackets(tunnel);
            tunnel.Wait(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
            tunnel.Send(tunnel.Left, Inner.Packet("10.0.0.1", "10.0.0.2"));
        }

        Assert.Equal(101, tunnel.Right.Delivered.Count);
        Assert.Equal(0, tunnel.Left.Context.Count("no-memory"));
    }

    [Fact]
    public void The_peer_with_the_most_packets_gives_way()
    {
        using var tunnel = new TunnelPair(left: WithSilentPeers) { IsConnected = false };
        FillWithHeldPackets(tunnel);

        var counts = tunnel.Left.Tunnel.Peers.Snapshot.Select(peer => peer.Held.Count).Where(count => count > 0).Order().ToArray();
        Assert.Equal(SilentPeers, counts.Length);
        Assert.InRange(counts[^1] - counts[0], 0, 2);
        Assert.Equal(SilentPeers * 128, counts.Sum() + tunnel.Left.Context.Count("held-overflow"));
    }

    [Fact]
    public void All_queues_together_are_bounded_and_the_oldest_of_the_longest_goes()
    {
        using var context = new TestStageContext();
        var counters = new TunnelCounters(context.Counters);
        var budget = new HeldBudget(10);
        HeldPackets[] queues = [new(budget, counters), new(budget, counters), new(budget, counters)];

        Add(context, queues[0], 8);
        Add(context, queues[1], 4);
        Assert.Equal((6, 4, 0), (queues[0].Count, queues[1].Count, queues[2].Count));
        Add(context, queues[2], 3);
        Assert.Equal(10, budget.Total);
        Assert.InRange(queues.Max(queue => queue.Count), 3, 4);
        Assert.Equal(5, context.Count("held-overflow"));

        queues[0].Close(counters.PeerRemoved);
        Add(context, queues[0], 1);
        Assert.Equal(queues[1].Count + queues[2].Count, budget.Total);
        queues[1].DropAll(counters.PeerRemoved);
        queues[2].DropAll(counters.PeerRemoved);
        Assert.Equal(0, budget.Total);
        Assert.False(queues[2].TryEvict());
        Assert.Equal(0, context.LeasesHeld);
    }

    [Fact]
    public void The_peers_of_a_tunnel_hold_a_quarter_of_the_hosts_pool_at_most()
    {
        const int hostPool = 4096;
        using var context = new TestStageContext(poolCapacity: hostPool);
        using var tunnel = new Tunnel(new FakeHost(context), FakeHost.Cipher, X25519Key.Generate(), TimeSpan.FromSeconds(120));
        for (var i = 0; i < 20; i++)
        {
            Add(context, tunnel.Peers.Add(End.NewKey().Public).Held, HeldPackets.Capacity);
        }

        Assert.Equal(hostPool / 4, context.LeasesHeld);
    }

    [Fact]
    public void An_initiation_that_found_no_memory_is_sent_once_memory_is_free()
    {
        using var tunnel = new TunnelPair();
        var leases = new List<PacketLease>();
        while (tunnel.Left.Context.TryRent(100, out var lease))
        {
            leases.Add(lease);
        }

        tunnel.Send(tunnel.Left, Inner.Packet("10.0.0.1", "10.0.0.2"));
        tunnel.Wait(TimeSpan.FromSeconds(3));
        Assert.Equal(0, tunnel.Left.Context.Count("initiations-sent"));
        Assert.InRange(tunnel.Left.Context.Count("no-memory"), 8, 14);

        leases.ForEach(lease => lease.Dispose());
        tunnel.Wait(TimeSpan.FromMilliseconds(250));
        Assert.Equal(1, tunnel.Left.Context.Count("handshakes-completed"));
    }

    private static void Add(TestStageContext context, HeldPackets queue, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(context.TryRent(20, out var lease));
            queue.Add(lease);
        }
    }

    private static EncryptOptions WithSilentPeers(EncryptOptions options) => options with
    {
        Peers =
        [
            .. options.Peers,
            .. Enumerable.Range(0, SilentPeers).Select(i => new PeerOptions
            {
                PublicKey = End.NewKey().Public,
                Endpoint = End.Way($"198.51.100.{i + 1}:51820"),
                AllowedIps = [IPNetwork.Parse($"10.1.{i}.0/24")],
            }),
        ],
    };

    private static void FillWithHeldPackets(TunnelPair tunnel)
    {
        for (var i = 0; i < SilentPeers; i++)
        {
            for (var n = 0; n < 128; n++)
            {
                tunnel.Left.Send(Inner.Packet("10.0.0.1", $"10.1.{i}.1"));
            }
        }
    }
}
