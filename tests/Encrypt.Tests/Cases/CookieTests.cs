using Culvert.Plugins.Encrypt.WireGuard.Handshakes;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Source of truth: the WireGuard paper, sections 5.3 and 5.4.7.</summary>
public sealed class CookieTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");

    [Fact]
    public void Under_load_an_initiation_is_answered_with_a_cookie_and_the_next_one_shows_it()
    {
        using var tunnel = new TunnelPair();
        tunnel.Right.Tunnel.Receiver.AlwaysUnderLoad = true;

        tunnel.Send(tunnel.Left, There);
        Assert.Empty(tunnel.Right.Delivered);
        Assert.Equal(0, tunnel.Right.Context.Count("responses-sent"));
        Assert.Equal(1, tunnel.Left.Context.Count("cookies-received"));

        tunnel.Wait(6 * Second);
        Assert.Single(tunnel.Right.Delivered);
        Assert.Equal(1, tunnel.Right.Context.Count("cookies-sent"));
    }

    [Fact]
    public void The_response_shows_a_cookie_too()
    {
        using var tunnel = new TunnelPair();
        tunnel.Left.Tunnel.Receiver.AlwaysUnderLoad = true;

        tunnel.Send(tunnel.Left, There);
        Assert.Equal(1, tunnel.Right.Context.Count("cookies-received"));

        tunnel.Wait(6 * Second);
        Assert.Single(tunnel.Right.Delivered);
    }

    [Fact]
    public void A_cookie_is_looked_at_once()
    {
        using var tunnel = new TunnelPair();
        var (right, left) = (tunnel.Right, tunnel.Left);
        right.Tunnel.Receiver.AlwaysUnderLoad = true;
        var message = Flood.Message(right, FloodKind.Mac1AndMac2);
        var gate = new HandshakeGate(right.Tunnel.Local, right.Tunnel.Peers.Indexes, right.Tunnel.Receiver);
        gate.TryDeliver(message, left.Address, tunnel.Time.GetTimestamp());
        right.Serve();
        Assert.Equal(1, right.Context.Count("cookies-sent"));

        // Said to have one, it passes as if it had, and what it says is not read as a peer's.
        Assert.True(right.Tunnel.Receiver.TryDeliver(message, left.Address, InboxPlace.Proven, hasCookie: true));
        right.Serve();
        Assert.Equal(1, right.Context.Count("cookies-sent"));
    }

    [Fact]
    public void A_cookie_is_good_for_its_address_only()
    {
        using var tunnel = new TunnelPair();
        tunnel.Right.Tunnel.Receiver.AlwaysUnderLoad = true;
        tunnel.Send(tunnel.Left, There);
        tunnel.Left.Address = End.At("192.0.2.1:51821");

        tunnel.Wait(5.4 * Second);

        Assert.Empty(tunnel.Right.Delivered);
        Assert.Equal(2, tunnel.Right.Context.Count("cookies-sent"));
    }

    [Fact]
    public void A_cookie_is_good_for_two_minutes()
    {
        using var tunnel = new TunnelPair();
        tunnel.Right.Tunnel.Receiver.AlwaysUnderLoad = true;
        tunnel.Send(tunnel.Left, There);
        tunnel.IsConnected = false;
        tunnel.Wait(121 * Second);
        tunnel.IsConnected = true;

        tunnel.Send(tunnel.Left, There);

        Assert.Equal(2, tunnel.Right.Context.Count("cookies-sent"));
    }

    [Fact]
    public void A_cookie_reply_to_another_message_is_refused()
    {
        using var tunnel = new TunnelPair();
        tunnel.Right.Tunnel.Receiver.AlwaysUnderLoad = true;
        tunnel.Send(tunnel.Left, There);
        var reply = tunnel.Crossed.Single(message => message.Bytes.Length == CookieReply.Size).Bytes;
        tunnel.Wait(6 * Second);

        tunnel.Left.Receive(reply, tunnel.Right.Address);
        tunnel.Settle();

        Assert.Equal(1, tunnel.Left.Context.Count("cookies-received"));
    }

    [Fact]
    public void A_message_is_answered_by_one_cookie_reply()
    {
        using var tunnel = new TunnelPair();
        tunnel.Right.Tunnel.Receiver.AlwaysUnderLoad = true;
        tunnel.Send(tunnel.Left, There);
        var reply = tunnel.Crossed.Single(message => message.Bytes.Length == CookieReply.Size).Bytes;

        tunnel.Left.Receive(reply, tunnel.Right.Address);
        tunnel.Settle();

        Assert.Equal(1, tunnel.Left.Context.Count("cookies-received"));
        tunnel.Wait(6 * Second);
        Assert.Single(tunnel.Right.Delivered);
    }

    [Fact]
    public void A_source_that_shows_its_cookie_is_still_held_to_its_rate()
    {
        using var tunnel = new TunnelPair();
        tunnel.Right.Tunnel.Receiver.AlwaysUnderLoad = true;
        tunnel.Send(tunnel.Left, There);
        tunnel.Wait(6 * Second);
        var initiation = tunnel.Crossed.Last(message => message.Bytes.Length == 148).Bytes;

        for (var i = 0; i < 100; i++)
        {
            tunnel.Right.Receive(initiation, tunnel.Left.Address);
        }

        tunnel.Settle();
        var replays = tunnel.Right.Context.Counters.All.Single(c => c.Name == "handshakes-rejected" && c.Tags[0].Value == "replayed");
        var refused = tunnel.Right.Context.Counters.All.Single(c => c.Name == "handshakes-rejected" && c.Tags[0].Value == "rate");
        Assert.InRange(replays.Value, 4, 5);
        Assert.InRange(refused.Value, 95, 96);
    }

    [Fact]
    public void Many_waiting_handshakes_are_load_and_it_passes()
    {
        using var tunnel = new TunnelPair();
        var flood = Flood.Message(tunnel.Right, FloodKind.Mac1);
        for (var i = 0; i < 5000; i++)
        {
            tunnel.Right.Receive(flood, Flood.Source());
        }

        Assert.Equal(5000 - 4096, tunnel.Right.Context.Count("handshake-overflow"));
        tunnel.Settle();
        Assert.True(tunnel.Right.Tunnel.Receiver.IsUnderLoad);

        tunnel.Wait(2 * Second, TimeSpan.FromMilliseconds(5));
        Assert.False(tunnel.Right.Tunnel.Receiver.IsUnderLoad);
        Assert.Single(tunnel.Connect().Right.Delivered);
    }

    [Fact]
    public void Who_shows_a_cookie_is_not_crowded_out_by_those_who_do_not()
    {
        using var tunnel = new TunnelPair();
        tunnel.Right.Tunnel.Receiver.AlwaysUnderLoad = true;
        tunnel.Send(tunnel.Left, There);
        tunnel.Time.Advance(6 * Second);
        var initiation = Assert.Single(tunnel.Left.Serve());
        for (var i = 0; i < 5000; i++)
        {
            tunnel.Right.Receive(Flood.Message(tunnel.Right, FloodKind.Mac1AndMac2), Flood.Source());
        }

        Assert.Equal(0, tunnel.Right.Receive(initiation.Bytes, tunnel.Left.Address).Dropped);
        tunnel.Settle();
        Assert.Single(tunnel.Right.Delivered);
    }
}
