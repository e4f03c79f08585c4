using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Source of truth: the WireGuard paper, section 6, on a fake clock.</summary>
public sealed class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");
    private static readonly byte[] Back = Inner.Packet("10.0.0.2", "10.0.0.1");

    [Fact]
    public void The_end_that_began_renews_the_keypair_when_it_sends_after_120_s()
    {
        using var tunnel = new TunnelPair().Connect();

        tunnel.Wait(119 * Second);
        tunnel.Send(tunnel.Left, There);
        Assert.Equal(1, tunnel.Left.Context.Count("initiations-sent"));

        tunnel.Wait(2 * Second);
        tunnel.Send(tunnel.Left, There);
        Assert.Equal(2, tunnel.Left.Context.Count("initiations-sent"));
        Assert.Equal(2, tunnel.Left.Context.Count("handshakes-completed"));
        Assert.Equal(3, tunnel.Right.Delivered.Count);
    }

    [Fact]
    public void The_end_that_answered_does_not_renew_it()
    {
        using var tunnel = new TunnelPair().Connect();

        tunnel.Wait(130 * Second);
        tunnel.Send(tunnel.Right, Back);

        Assert.Equal(0, tunnel.Right.Context.Count("initiations-sent"));
        Assert.Single(tunnel.Left.Delivered);
    }

    [Fact]
    public void The_end_that_began_and_only_receives_renews_it_before_it_is_rejected()
    {
        using var tunnel = new TunnelPair().Connect();

        tunnel.Wait(164 * Second);
        tunnel.Send(tunnel.Right, Back);
        Assert.Equal(1, tunnel.Left.Context.Count("initiations-sent"));

        tunnel.Wait(2 * Second);
        tunnel.Send(tunnel.Right, Back);
        tunnel.Send(tunnel.Right, Back);
        Assert.Equal(2, tunnel.Left.Context.Count("initiations-sent"));
    }

    [Fact]
    public void A_keypair_carries_nothing_after_180_s()
    {
        using var tunnel = new TunnelPair().Connect();
        tunnel.Wait(179 * Second);
        var late = Assert.Single(tunnel.Right.Send(Back));

        tunnel.Wait(2 * Second);

        Assert.Equal(1, tunnel.Left.Receive(late.Bytes, tunnel.Right.Address).Drops["key-expired"]);
        Assert.Empty(tunnel.Left.Send(There));
        tunnel.Settle();
        Assert.Equal(2, tunnel.Left.Context.Count("handshakes-completed"));
        Assert.Equal(There, tunnel.Right.Delivered[^1]);
    }

    [Fact]
    public void An_initiation_is_repeated_every_five_seconds_with_jitter_for_90_s_and_then_no_more()
    {
        using var tunnel = new TunnelPair { IsConnected = false };
        tunnel.Send(tunnel.Left, There);

        tunnel.Wait(4.9 * Second);
        Assert.Equal(1, tunnel.Left.Context.Count("initiations-sent"));
        tunnel.Wait(0.6 * Second, TimeSpan.FromMilliseconds(10));
        Assert.Equal(2, tunnel.Left.Context.Count("initiations-sent"));

        tunnel.Wait(200 * Second);
        Assert.InRange(tunnel.Left.Context.Count("initiations-sent"), 17, 19);
        Assert.Equal(1, tunnel.Left.Context.Count("handshake-timeout"));
        Assert.Equal(0, tunnel.Left.Context.LeasesHeld);
    }

    [Fact]
    public void New_traffic_after_giving_up_begins_again()
    {
        using var tunnel = new TunnelPair { IsConnected = false };
        tunnel.Send(tunnel.Left, There);
        tunnel.Wait(200 * Second);
        tunnel.IsConnected = true;

        tunnel.Send(tunnel.Left, There);

        Assert.Single(tunnel.Right.Delivered);
    }

    [Fact]
    public void Traffic_while_a_handshake_is_under_way_begins_no_second_one()
    {
        using var tunnel = new TunnelPair { IsConnected = false };

        for (var i = 0; i < 40; i++)
        {
            tunnel.Send(tunnel.Left, There);
            tunnel.Wait(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(1, tunnel.Left.Context.Count("initiations-sent"));
    }

    [Fact]
    public void Who_received_data_and_sent_nothing_for_10_s_sends_a_keepalive()
    {
        using var tunnel = new TunnelPair().Connect();

        tunnel.Wait(9.5 * Second);
        Assert.Equal(0, tunnel.Right.Context.Count("keepalives-sent"));
        tunnel.Wait(Second);
        Assert.Equal(1, tunnel.Right.Context.Count("keepalives-sent"));

        tunnel.Wait(60 * Second);
        Assert.Equal(1, tunnel.Right.Context.Count("keepalives-sent"));
        Assert.Equal(0, tunnel.Left.Context.Count("keepalives-sent"));
        Assert.Equal(1, tunnel.Left.Context.Count("initiations-sent"));
    }

    [Fact]
    public void Who_sent_data_and_heard_nothing_for_15_s_begins_a_handshake()
    {
        using var tunnel = new TunnelPair().Connect();
        tunnel.Wait(20 * Second);
        tunnel.IsConnected = false;
        tunnel.Send(tunnel.Left, There);

        tunnel.Wait(14.5 * Second);
        Assert.Equal(1, tunnel.Left.Context.Count("initiations-sent"));
        tunnel.Wait(Second);
        Assert.Equal(2, tunnel.Left.Context.Count("initiations-sent"));
    }

    [Fact]
    public void A_persistent_keepalive_connects_at_once_and_then_keeps_the_way_open()
    {
        using var tunnel = new TunnelPair(left: o => o with { Peers = [o.Peers[0] with { Keepalive = 25 * Second }] });

        tunnel.Settle();
        Assert.Equal(1, tunnel.Right.Context.Count("keepalives-received"));
        tunnel.Wait(24.5 * Second);
        Assert.Equal(1, tunnel.Right.Context.Count("keepalives-received"));
        tunnel.Wait(Second);
        Assert.Equal(2, tunnel.Right.Context.Count("keepalives-received"));
    }

    [Fact]
    public void All_keys_are_erased_after_540_s_without_a_new_keypair()
    {
        using var tunnel = new TunnelPair().Connect();
        tunnel.IsConnected = false;

        tunnel.Wait(539 * Second, Second);
        Assert.NotNull(tunnel.Left.Peer.Keypairs.Current);
        tunnel.Wait(2 * Second);

        foreach (var end in new[] { tunnel.Left, tunnel.Right })
        {
            Assert.Null(end.Peer.Keypairs.Current);
            Assert.Null(end.Peer.Keypairs.Previous);
            Assert.Null(end.Peer.Keypairs.Next);
            Assert.Equal(0, end.Tunnel.Peers.Indexes.Count);
            Assert.Equal(0, end.Tunnel.Local.Reclaimer.Pending);
        }
    }

    [Theory]
    [InlineData(SuiteName.Wireguard)]
    [InlineData(SuiteName.Aes256Gcm)]
    public void A_key_that_sealed_many_messages_is_renewed_and_one_that_sealed_all_it_may_is_not_used(SuiteName suite)
    {
        using var tunnel = new TunnelPair(suite).Connect();
        tunnel.Wait(6 * Second);
        var limits = CipherSuite.Get(suite);

        tunnel.Left.Peer.Keypairs.Current!.SetSent(limits.RekeyAfterMessages + 1);
        tunnel.Send(tunnel.Left, There);
        Assert.Equal(2, tunnel.Left.Context.Count("handshakes-completed"));

        tunnel.Wait(6 * Second);
        tunnel.Left.Peer.Keypairs.Current!.SetSent(limits.RejectAfterMessages);
        Assert.Empty(tunnel.Left.Send(There));
        tunnel.Settle();
        Assert.Equal(3, tunnel.Left.Context.Count("handshakes-completed"));
        Assert.Equal(3, tunnel.Right.Delivered.Count);
    }

    [Theory]
    [InlineData(SuiteName.Wireguard)]
    [InlineData(SuiteName.Aes256Gcm)]
    public void The_last_counter_of_a_key_is_taken_and_none_behind_it_is_even_opened(SuiteName suite)
    {
        using var tunnel = new TunnelPair(suite).Connect();
        var limit = CipherSuite.Get(suite).RejectAfterMessages;
        tunnel.Left.Peer.Keypairs.Current!.SetSent(limit - 1);
        var last = Assert.Single(tunnel.Left.Send(There)).Bytes;
        var behind = last.ToArray();
        TransportHeader.Write(behind, TransportHeader.Receiver(last), limit);

        Assert.Empty(tunnel.Right.Receive(behind, tunnel.Left.Address).Passed);
        Assert.Equal((1, 0), (tunnel.Right.Context.Count("key-expired"), tunnel.Right.Context.Count("not-authentic")));
        Assert.Single(tunnel.Right.Receive(last, tunnel.Left.Address).Passed);
    }

    [Fact]
    public void A_shorter_rekey_time_renews_sooner()
    {
        using var tunnel = new TunnelPair(left: o => o with { RekeyAfter = 5 * Second }).Connect();

        for (var i = 0; i < 60; i++)
        {
            tunnel.Send(tunnel.Left, There);
            tunnel.Wait(Second);
        }

        Assert.InRange(tunnel.Left.Context.Count("handshakes-completed"), 10, 13);
        Assert.Equal(61, tunnel.Right.Delivered.Count);
    }

    [Fact]
    public void Packets_under_way_in_the_previous_keypair_still_arrive()
    {
        using var tunnel = new TunnelPair(left: o => o with { RekeyAfter = 5 * Second }).Connect();
        var underWay = Assert.Single(tunnel.Left.Send(There));
        tunnel.Wait(6 * Second);
        tunnel.Send(tunnel.Left, There);
        tunnel.Send(tunnel.Left, There);
        Assert.Equal(2, tunnel.Left.Context.Count("handshakes-completed"));

        Assert.Equal(There, tunnel.Right.Receive(underWay.Bytes, tunnel.Left.Address).Single());
    }
}
