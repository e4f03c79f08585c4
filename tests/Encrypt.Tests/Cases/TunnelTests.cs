using System.Net;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Two ends of ours: handshake, packets both ways, cryptokey routing, padding, roaming.</summary>
public sealed class TunnelTests
{
    public static TheoryData<SuiteName> Suites => [.. Enum.GetValues<SuiteName>()];

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_packet_waits_for_the_handshake_and_then_crosses_both_ways(SuiteName suite)
    {
        using var tunnel = new TunnelPair(suite);
        var there = Inner.Packet("10.0.0.1", "10.0.0.2", 100);
        var back = Inner.Packet("fd00::2", "fd00::1", 1000);

        tunnel.Send(tunnel.Left, there);
        tunnel.Send(tunnel.Right, back);

        Assert.Equal(there, Assert.Single(tunnel.Right.Delivered));
        Assert.Equal(back, Assert.Single(tunnel.Left.Delivered));
        Assert.Equal(1, tunnel.Left.Context.Count("handshakes-completed"));
        Assert.Equal(1, tunnel.Right.Context.Count("handshakes-completed"));
        Assert.Equal((1, 1), (tunnel.Left.Context.Count("sealed"), tunnel.Right.Context.Count("sealed")));
        Assert.Empty(tunnel.Left.Context.Faults);
        Assert.Empty(tunnel.Right.Context.Faults);
        Assert.Equal(0, tunnel.Left.Context.LeasesHeld);
    }

    [Fact]
    public void The_messages_have_WireGuards_lengths()
    {
        using var tunnel = new TunnelPair().Connect();

        Assert.Equal([148, 92, 16 + 48 + 16], tunnel.Crossed.Select(message => message.Bytes.Length));
    }

    [Fact]
    public void A_preshared_key_must_be_the_same_at_both_ends()
    {
        var psk = End.NewKey().Private;
        static EncryptOptions With(EncryptOptions options, InlineKey key) =>
            options with { Peers = [options.Peers[0] with { PresharedKey = key }] };

        using var same = new TunnelPair(left: o => With(o, psk), right: o => With(o, psk)).Connect();
        using var different = new TunnelPair(left: o => With(o, psk)).Connect();

        Assert.Single(same.Right.Delivered);
        Assert.Empty(different.Right.Delivered);
        Assert.Equal(1, different.Left.Context.Count("handshakes-rejected"));
    }

    [Theory]
    [InlineData(20, 32, 1420)]
    [InlineData(31, 32, 1420)]
    [InlineData(32, 32, 1420)]
    [InlineData(33, 48, 1420)]
    [InlineData(1419, 1420, 1420)]
    [InlineData(1420, 1420, 1420)]
    [InlineData(1500, 1500, 1420)]
    public void Content_is_padded_to_16_but_never_above_the_mtu(int length, int padded, int mtu) =>
        Assert.Equal(padded - length, TransportHeader.PaddingFor(length, mtu));

    [Fact]
    public void Packets_without_a_peer_and_malformed_packets_are_dropped_and_counted()
    {
        using var tunnel = new TunnelPair().Connect();

        Assert.Equal(1, tunnel.Left.Harness.Outbound(Inner.Packet("10.0.0.1", "10.0.0.9")).Drops["no-peer"]);
        Assert.Equal(1, tunnel.Left.Harness.Outbound(Inner.Packet("fd00::1", "fd00::9")).Drops["no-peer"]);
        Assert.Equal(1, tunnel.Left.Harness.Outbound(new byte[7]).Drops["not-ip"]);
        Assert.Equal(1, tunnel.Left.Harness.Outbound([[]]).Drops["not-ip"]);

        // One byte short of what its header says: padding would complete it with a byte that nobody sent.
        Assert.Equal(1, tunnel.Left.Harness.Outbound(Inner.Packet("10.0.0.1", "10.0.0.2")[..^1]).Drops["not-ip"]);
        Assert.Equal(1, tunnel.Left.Harness.Outbound(Inner.Packet("fd00::1", "fd00::2")[..^1]).Drops["not-ip"]);
    }

    [Fact]
    public void A_peer_without_an_endpoint_that_has_not_called_in_gets_nothing()
    {
        using var tunnel = new TunnelPair();

        Assert.Equal(1, tunnel.Right.Harness.Outbound(Inner.Packet("10.0.0.2", "10.0.0.1")).Drops["no-endpoint"]);
    }

    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("10.0.0.8")]
    public void An_inner_source_that_is_nobodys_or_another_peers_is_dropped_and_counted(string source)
    {
        var other = new PeerOptions { PublicKey = End.NewKey().Public, AllowedIps = [IPNetwork.Parse("10.0.0.8/32")] };
        using var tunnel = new TunnelPair(right: o => o with { Peers = [.. o.Peers, other] }).Connect();
        var datagram = Assert.Single(tunnel.Left.Send(Inner.Packet(source, "10.0.0.2")));

        Assert.Equal(1, tunnel.Right.Receive(datagram.Bytes, tunnel.Left.Address).Drops["wrong-source"]);
    }

    [Fact]
    public void The_peer_is_answered_where_its_last_authentic_message_came_from()
    {
        using var tunnel = new TunnelPair().Connect();

        tunnel.Left.Address = End.At("198.51.100.9:4711");
        tunnel.Send(tunnel.Left, Inner.Packet("10.0.0.1", "10.0.0.2"));

        var answer = Assert.Single(tunnel.Right.Send(Inner.Packet("10.0.0.2", "10.0.0.1")));
        Assert.Equal(tunnel.Left.Address, answer.Endpoint);
    }

    [Fact]
    public void A_forged_message_from_elsewhere_does_not_move_the_peer()
    {
        using var tunnel = new TunnelPair().Connect();
        var datagram = Assert.Single(tunnel.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2"))).Bytes;
        datagram[^1] ^= 1;

        Assert.Equal(1, tunnel.Right.Receive(datagram, End.At("198.51.100.9:4711")).Drops["not-authentic"]);
        Assert.Equal(tunnel.Left.Address, tunnel.Right.Peer.Endpoint.Current);
    }

    [Fact]
    public void The_first_reply_after_a_new_handshake_goes_out_under_its_keypair()
    {
        using var tunnel = new TunnelPair().Connect();
        tunnel.Wait(TimeSpan.FromSeconds(6));
        // The left end begins anew: it has no keypair of before.
        tunnel.Left.Peer.EraseKeys();
        tunnel.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2"));
        var initiation = Assert.Single(tunnel.Left.Serve());
        tunnel.Right.Receive(initiation.Bytes, tunnel.Left.Address);
        tunnel.Left.Receive(Assert.Single(tunnel.Right.Serve()).Bytes, tunnel.Right.Address);
        var data = Assert.Single(tunnel.Left.Serve());

        // The host answers before the service thread has run.
        Assert.Single(tunnel.Right.Receive(data.Bytes, tunnel.Left.Address).Packets);
        var reply = Assert.Single(tunnel.Right.Send(Inner.Packet("10.0.0.2", "10.0.0.1")));

        Assert.Empty(tunnel.Left.Receive(reply.Bytes, tunnel.Right.Address).Drops);
        Assert.Single(tunnel.Left.Delivered);
    }

    [Fact]
    public void What_waits_for_a_handshake_is_bounded_and_the_overflow_counted()
    {
        using var tunnel = new TunnelPair { IsConnected = false };

        for (var i = 0; i < 140; i++)
        {
            tunnel.Send(tunnel.Left, Inner.Packet("10.0.0.1", "10.0.0.2"));
        }

        Assert.Equal(12, tunnel.Left.Context.Count("queue-overflow"));
        Assert.Equal(128, tunnel.Left.Context.LeasesHeld);
        Assert.Equal(1, tunnel.Left.Context.Count("initiations-sent"));
    }

    [Fact]
    public void Sites_with_different_suites_do_not_connect_and_the_responder_logs_why()
    {
        using var tunnel = new TunnelPair(left: o => o with { Suite = SuiteName.Aes256Gcm }).Connect();
        using var other = new TunnelPair(left: o => o with { Suite = SuiteName.Aegis256 }).Connect();

        Assert.Empty(tunnel.Right.Delivered);
        Assert.Contains("most likely uses suite aes-256-gcm, but this end has suite wireguard", Log(tunnel.Right));
        Assert.Contains("most likely uses suite aegis-256, but this end has suite wireguard", Log(other.Right));
    }

    private static string Log(End end) => string.Join('\n', end.Context.Log.Lines);
}
