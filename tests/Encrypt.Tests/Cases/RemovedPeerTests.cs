using System.Text;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Uapi;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>A peer that is removed while data loops still hold it: nothing of it outlives their batches.</summary>
public sealed class RemovedPeerTests
{
    private const int OutboundLoop = 0;

    [Fact]
    public void Packets_held_for_a_removed_peer_return_to_the_pool()
    {
        using var pair = new TunnelPair();
        var end = pair.Left;
        var peer = end.Peer;

        // The loop has found the peer for its packet; the peer is removed before the packet is put aside.
        end.Tunnel.Local.Reclaimer.Enter(OutboundLoop);
        RemoveAll(end);
        pair.Wait(TimeSpan.FromSeconds(1));
        Hold(end, peer);
        end.Tunnel.Local.Reclaimer.Leave(OutboundLoop);
        pair.Wait(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1));

        Assert.Equal(0, end.Context.LeasesHeld);
        Assert.Equal(0, end.Context.Count("initiations-sent"));
        Assert.Equal(0, end.Tunnel.Peers.Indexes.Count);
        Assert.Empty(pair.Crossed);
        Assert.Empty(end.Context.Faults);
    }

    [Fact]
    public void A_removed_peer_seals_for_the_batches_that_hold_it_and_is_out_of_the_routes_at_once()
    {
        using var pair = new TunnelPair().Connect();
        var end = pair.Left;
        var keypair = end.Peer.Keypairs.Current;

        end.Tunnel.Local.Reclaimer.Enter(OutboundLoop);
        var peer = end.Peer;
        RemoveAll(end);
        pair.Wait(TimeSpan.FromSeconds(1));
        Assert.Null(end.Tunnel.Peers.Routes.Lookup(0x0A00_0002u));
        Assert.Same(keypair, peer.Keypairs.Current);
        end.Tunnel.Local.Reclaimer.Leave(OutboundLoop);
        pair.Wait(TimeSpan.FromSeconds(1));

        Assert.Null(peer.Keypairs.Current);
        Assert.Equal(0, end.Tunnel.Peers.Indexes.Count);
        Assert.Equal(0, end.Tunnel.Local.Reclaimer.Pending);
        Assert.Equal(1, end.Harness.Outbound(Inner.Packet("10.0.0.1", "10.0.0.2")).Drops["no-peer"]);
    }

    [Fact]
    public void Packets_added_after_the_close_are_given_back()
    {
        using var pair = new TunnelPair();
        var peer = pair.Left.Peer;

        peer.Dispose();
        Hold(pair.Left, peer);

        Assert.Equal(0, pair.Left.Context.LeasesHeld);
    }

    [Fact]
    public async Task Peers_that_come_and_go_under_traffic_cost_the_pool_nothing()
    {
        using var pair = new TunnelPair { IsConnected = false };
        var end = pair.Left;
        var section = $"public_key={Convert.ToHexStringLower(end.Peer.Key.ToArray())}\nendpoint=192.0.2.2:51820\nallowed_ip=10.0.0.2/32\n";
        using var stop = new CancellationTokenSource();
        var packet = Inner.Packet("10.0.0.1", "10.0.0.2");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var traffic = Task.Run(() =>
        {
            for (var sent = 0; sent < 1_000_000 && !stop.IsCancellationRequested; sent++)
            {
                end.Send(packet);
                begun.TrySetResult();
            }
        });

        await begun.Task;
        for (var i = 0; i < 300; i++)
        {
            Apply(end, $"replace_peers=true\n{section}");
            end.Context.RunService();
        }

        await stop.CancelAsync();
        await traffic;
        Apply(end, "replace_peers=true\n");
        pair.Wait(TimeSpan.FromSeconds(1));

        Assert.Equal(0, end.Context.LeasesHeld);
        Assert.Equal(0, end.Tunnel.Peers.Indexes.Count);
        Assert.Empty(end.Context.Faults);
    }

    // As the outbound path does for want of a keypair.
    private static void Hold(End end, Peer peer)
    {
        Assert.True(end.Context.TryRent(100, out var lease));
        peer.Held.Add(lease);
        peer.Handshaker.ReportHeld(end.Context.Time.GetTimestamp());
    }

    private static void RemoveAll(End end) => Apply(end, "replace_peers=true\n");

    private static void Apply(End end, string lines)
    {
        Assert.Equal(UapiErrno.None, SetRequest.Parse(Encoding.ASCII.GetBytes(lines), out var request));
        using (request)
        {
            Assert.Equal(UapiErrno.None, TunnelEditor.Apply(end.Tunnel, request!));
        }
    }
}
