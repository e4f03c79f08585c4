using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Encrypt.Tests.Fixtures;
using Encrypt.Tests.Interop;

namespace Encrypt.Tests.Cases;

/// <summary>Courses that generated scenarios found: after them, something waited for ever.</summary>
public sealed class StuckTests
{
    private static readonly byte[] _there = Inner.Packet("10.0.0.1", "10.0.0.2");
    private static readonly byte[] _back = Inner.Packet("10.0.0.2", "10.0.0.1");

    [Fact]
    public void A_packet_that_waits_for_a_handshake_the_peer_does_not_finish_is_followed_by_an_initiation()
    {
        using var pair = new TunnelPair();
        pair.Left.Send(_there);
        var initiation = Assert.Single(pair.Left.Serve());
        pair.Right.Receive(initiation.Bytes, pair.Left.Address);
        // The left end gets no response, and does not call again: it was restarted.
        Assert.Single(pair.Right.Serve());
        pair.IsConnected = false;

        pair.Send(pair.Right, _back);
        Assert.Equal((1, 0), (pair.Right.Context.LeasesHeld, pair.Right.Context.Count("initiations-sent")));
        pair.Wait(TimeSpan.FromSeconds(6));

        Assert.Equal(1, pair.Right.Context.Count("initiations-sent"));
    }

    [Fact]
    public void A_peer_that_a_forwarded_message_led_astray_is_called_at_its_configured_address_again()
    {
        using var pair = new TunnelPair().Connect();
        var nowhere = End.At("203.0.113.66:666");
        // Somebody on the path forwards one message of each end from another address, and goes.
        var datagrams = (Assert.Single(pair.Left.Send(_there)), Assert.Single(pair.Right.Send(_back)));
        pair.Right.Receive(datagrams.Item1.Bytes, nowhere);
        pair.Left.Receive(datagrams.Item2.Bytes, nowhere);
        Assert.Equal((nowhere, nowhere), (pair.Left.Peer.Endpoint.Current, pair.Right.Peer.Endpoint.Current));

        Assert.True(Arrives(pair, TimeSpan.FromSeconds(60)));
        Assert.Equal((pair.Right.Address, pair.Left.Address), (pair.Left.Peer.Endpoint.Current, pair.Right.Peer.Endpoint.Current));
    }

    [Fact]
    public void A_peer_that_has_left_its_configured_address_is_called_at_the_learned_one_in_turn()
    {
        using var pair = new TunnelPair().Connect();
        pair.Right.Address = End.At("198.51.100.9:4711");
        pair.Send(pair.Right, _back);
        Assert.Equal(pair.Right.Address, pair.Left.Peer.Endpoint.Current);
        // Long enough for the left end to have tried the configured address, which is dead.
        pair.IsConnected = false;
        Assert.False(Arrives(pair, TimeSpan.FromSeconds(33)));
        Assert.Equal(EndpointSource.Configured, pair.Left.Peer.Endpoint.Source);
        pair.IsConnected = true;

        Assert.True(Arrives(pair, TimeSpan.FromSeconds(60)));
        Assert.Equal(pair.Right.Address, pair.Left.Peer.Endpoint.Current);
    }

    [Fact]
    public void A_peer_that_is_heard_keeps_its_endpoint_while_initiations_are_not_answered()
    {
        using var pair = new TunnelPair().Connect();
        // Somebody on the path forwards one message from another address, and goes. No initiation is answered, but the session is valid.
        pair.Left.Receive(Assert.Single(pair.Right.Send(_back)).Bytes, End.At("203.0.113.66:666"));
        pair.Loses = datagram => MessageLayout.TypeOf(datagram) == MessageType.Initiation;
        Assert.True(Arrives(pair, TimeSpan.FromSeconds(60)));
        var (before, initiations) = (pair.Right.Delivered.Count, pair.Left.Context.Count("initiations-sent"));

        for (var i = 0; i < 30; i++)
        {
            pair.Send(pair.Right, _back);
            pair.Wait(TimeSpan.FromSeconds(1));
            pair.Send(pair.Left, _there);
        }

        Assert.InRange(pair.Left.Context.Count("initiations-sent") - initiations, 3, 10);
        Assert.Equal(30, pair.Right.Delivered.Count - before);
    }

    [Fact]
    public void A_session_index_is_never_zero()
    {
        using var pair = new TunnelPair();
        SeededSodium.Seed(seed: 1, indexes: 16);
        try
        {
            var indexes = Enumerable.Range(0, 15).Select(_ => pair.Left.Tunnel.Peers.Indexes.Reserve(pair.Left.Peer)).ToArray();

            Assert.Equal(Enumerable.Range(1, 15).Select(index => (uint)index), indexes.Order());
        }
        finally
        {
            SeededSodium.Release();
        }
    }

    private static bool Arrives(TunnelPair pair, TimeSpan limit)
    {
        var before = pair.Right.Delivered.Count;
        for (var waited = TimeSpan.Zero; waited < limit && pair.Right.Delivered.Count == before; waited += TimeSpan.FromSeconds(1))
        {
            pair.Send(pair.Left, _there);
            pair.Wait(TimeSpan.FromSeconds(1));
        }

        return pair.Right.Delivered.Count > before;
    }
}
