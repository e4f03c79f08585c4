using System.Net;
using Culvert.Plugins.Encrypt.WireGuard.Probing;
using Culvert.Testing;
using Culvert.Wire;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Probing;

/// <summary>Path MTUs of whole tunnels: sizes are inner ones, 60 bytes below the path's.</summary>
public sealed class PeerPathTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Two_ends_confirm_the_plan_and_the_path_that_narrows_is_found()
    {
        using var pair = new TunnelPair(leftProbes: true, rightProbes: true).Connect();
        pair.Wait(_second);
        Assert.Equal((PathState.Confirmed, ProbeCarrier.Messages), State(pair.Left));
        Assert.Equal((PathState.Confirmed, ProbeCarrier.Messages), State(pair.Right));
        Assert.Equal((1420, 1420), pair.Left.Harness.Stage.PathTo(Address("10.0.0.2")));

        (pair.Widths[pair.Left], pair.Widths[pair.Right]) = (1400, 1400);
        SendFor(pair, 40 * _second);
        Assert.Equal(1340, pair.Left.Peer.Path.Mtu);
        Assert.NotEmpty(pair.Left.ForHost);
        Assert.True(IpView.TryParse(pair.Left.ForHost[0], out var answer));
        Assert.True(IcmpView.TryParse(answer.Transport, out var icmp));
        Assert.Equal((3, 4, 1340), (icmp.Type, icmp.Code, icmp.NextHopMtu));
        Assert.True(pair.Left.Context.Count("too-big") > 0);
    }

    [Fact]
    public void Each_direction_has_its_own_size_and_both_ends_know_it()
    {
        using var pair = new TunnelPair(leftProbes: true, rightProbes: true);
        pair.Widths[pair.Right] = 1400;
        pair.Connect();
        SendFor(pair, 10 * _second);
        Assert.Equal(1420, pair.Left.Peer.Path.Mtu);
        Assert.Equal(1340, pair.Right.Peer.Path.Mtu);
        Assert.Equal((1420, 1340), pair.Left.Harness.Stage.PathTo(Address("10.0.0.2")));
        Assert.Equal((1340, 1420), pair.Right.Harness.Stage.PathTo(Address("fd00::1")));
        var verdict = pair.Left.Harness.Stage.GetStatus()["peers"]![0]!["path"]!["verdict"]!.ToString();
        Assert.Equal("packets of 1420 bytes pass to the peer; the peer sends 1340; no ICMP came", verdict);
    }

    [Fact]
    public void Another_wireguard_gets_one_message_and_its_packets_are_as_before()
    {
        using var pair = new TunnelPair(leftProbes: true).Connect();
        SendFor(pair, 300 * _second);
        Assert.Equal(1, pair.Left.Context.Count("probes-sent"));
        Assert.Equal(1, pair.Right.Context.Count("inner-malformed"));
        Assert.Equal(ProbeCarrier.None, pair.Left.Peer.Path.Machine!.Carrier);
        Assert.Equal(1420, pair.Left.Peer.Path.Mtu);
    }

    [Fact]
    public void Another_wireguard_is_probed_by_echo_where_an_address_answers()
    {
        using var pair = new TunnelPair(leftProbes: true, leftAddresses: IPAddress.Parse("10.0.0.1"));
        pair.Arriving = (end, packet) =>
        {
            if (end == pair.Right && IpView.TryParse(packet, out var ip) && ip.HasEchoIdentifier)
            {
                pair.Settle(end.Send(Reply(packet)).Select(datagram => (end, datagram)));
            }
        };
        (pair.Widths[pair.Left], pair.Widths[pair.Right]) = (1400, 1400);
        pair.Connect();
        SendFor(pair, 10 * _second);
        Assert.Equal((PathState.Confirmed, ProbeCarrier.Echo), State(pair.Left));
        // The other end pads its replies to sixteen bytes, so 1340 would not come back.
        Assert.InRange(pair.Left.Peer.Path.Mtu, 1320, 1328);
        Assert.DoesNotContain(pair.Left.Delivered, packet => IpView.TryParse(packet, out var ip) && ip.HasEchoIdentifier);
    }

    [Fact]
    public void An_address_that_answered_echo_requests_may_be_taken_from_the_peer()
    {
        using var pair = new TunnelPair(leftProbes: true, leftAddresses: IPAddress.Parse("10.0.0.1"));
        pair.Arriving = (end, packet) =>
        {
            if (end == pair.Right && IpView.TryParse(packet, out var ip) && ip.HasEchoIdentifier)
            {
                pair.Settle(end.Send(Reply(packet)).Select(datagram => (end, datagram)));
            }
        };
        pair.Connect();
        SendFor(pair, 5 * _second);
        Assert.Equal(ProbeCarrier.Echo, State(pair.Left).Item2);

        var context = pair.Left.Context;
        pair.Left.Reload(pair.Left.Options with { Peers = [pair.Left.Options.Peers[0] with { AllowedIps = [IPNetwork.Parse("0.0.0.0/0")] }] });
        SendFor(pair, 180 * _second);
        Assert.True(pair.Left.Context.Count("handshakes-completed") > 1);
        Assert.Empty(context.Faults);
    }

    [Fact]
    public void The_hosts_own_echo_replies_reach_the_host()
    {
        using var pair = new TunnelPair(leftProbes: true, leftAddresses: IPAddress.Parse("10.0.0.1")).Connect();
        var reply = PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1").Icmp(0).Payload(64).Build();
        pair.Send(pair.Right, reply);
        Assert.Equal(reply, Assert.Single(pair.Left.Delivered));
    }

    [Fact]
    public void A_forged_icmp_message_changes_nothing_between_two_ends()
    {
        using var pair = new TunnelPair(leftProbes: true, rightProbes: true).Connect();
        pair.Wait(_second);
        Assert.True(pair.Left.Harness.Stage.HandlePathReport(pair.Right.Address, 8));
        pair.Settle();
        SendFor(pair, 5 * _second);
        Assert.Equal(1420, pair.Left.Peer.Path.Mtu);
        Assert.Equal(0, pair.Left.Context.Count("too-big"));
    }

    [Fact]
    public void A_forged_icmp_message_about_a_silent_peer_leaves_1280_bytes_in_fragments()
    {
        using var pair = new TunnelPair(leftProbes: true).Connect();
        pair.Wait(5 * _second);
        Assert.True(pair.Left.Harness.Stage.HandlePathReport(pair.Right.Address, 8));
        Assert.Equal((1280, true), (pair.Left.Peer.Path.Mtu, pair.Left.Peer.Path.MayFragment));
        var datagram = Assert.Single(pair.Left.Send(Big(1280)));
        Assert.True(datagram.MayFragment);
        SendFor(pair, TimeSpan.FromMinutes(11));
        Assert.Equal((1420, false), (pair.Left.Peer.Path.Mtu, pair.Left.Peer.Path.MayFragment));
    }

    [Fact]
    public void An_ipv4_packet_that_may_be_fragmented_is_not_answered()
    {
        using var pair = new TunnelPair(leftProbes: true).Connect();
        pair.Wait(5 * _second);
        pair.Left.Harness.Stage.HandlePathReport(pair.Right.Address, 1300);
        var packet = PacketBuilder.Ipv4("10.0.0.1", "10.0.0.2").Udp().Payload(1380).Build();
        Assert.True(Assert.Single(pair.Left.Send(packet)).MayFragment);
        Assert.Empty(pair.Left.Send(Big(1400)));
        Assert.False(Assert.Single(pair.Left.Send(Big(1300))).MayFragment);
    }

    [Fact]
    public void Without_leave_to_probe_nothing_is_sent_and_nothing_changes()
    {
        using var pair = new TunnelPair().Connect();
        Assert.False(pair.Left.Harness.Stage.HandlePathReport(pair.Right.Address, 8));
        SendFor(pair, 60 * _second);
        Assert.Equal(0, pair.Left.Context.Count("probes-sent"));
        Assert.Equal(1420, pair.Left.Peer.Path.Mtu);
    }

    private static (PathState, ProbeCarrier) State(End end) => (end.Peer.Path.Machine!.Search.State, end.Peer.Path.Machine!.Carrier);

    private static IpAddressValue Address(string text) => IpAddressValue.From(IPAddress.Parse(text));

    private static byte[] Big(int size) => PacketBuilder.Ipv4("10.0.0.1", "10.0.0.2").DontFragment().Udp().Payload(size - 28).Build();

    private static byte[] FromRight(int size) => PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1").DontFragment().Udp().Payload(size - 28).Build();

    private static byte[] Reply(byte[] request)
    {
        IpView.TryParse(request, out var ip);
        var reply = PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1").Icmp(0).Payload(ip.Transport[8..].ToArray()).Build();
        IpView.TryParse(reply, out var written);
        ip.Transport[4..8].CopyTo(written.Transport[4..]);
        IcmpView.TryParse(written.Transport, out var icmp);
        icmp.FillChecksum();
        return reply;
    }

    /// <summary>Both ends send what fits, or what would have before, a few packets every tenth of a second.</summary>
    private static void SendFor(TunnelPair pair, TimeSpan span)
    {
        for (var at = TimeSpan.Zero; at < span; at += TimeSpan.FromMilliseconds(100))
        {
            pair.Send(pair.Left, Big(1420), Big(pair.Left.Peer.Path.Mtu), Big(pair.Left.Peer.Path.Mtu));
            pair.Send(pair.Right, FromRight(pair.Right.Peer.Path.Mtu), FromRight(pair.Right.Peer.Path.Mtu));
            pair.Wait(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50));
        }
    }
}
