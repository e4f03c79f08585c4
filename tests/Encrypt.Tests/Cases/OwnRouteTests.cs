using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>An endpoint that the system routes into the tunnel itself: it is refused until the route changes.</summary>
public sealed class OwnRouteTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly byte[] _there = Inner.Packet("10.0.0.1", "10.0.0.2");
    private static readonly byte[] _back = Inner.Packet("10.0.0.2", "10.0.0.1");

    private readonly RoutingHost _host = new();

    [Fact]
    public void A_peer_behind_the_tunnel_is_named_once_and_not_called_until_the_route_changes()
    {
        using var tunnel = Open();
        _host.Routed.Add(tunnel.Right.Address);
        tunnel.Send(tunnel.Left, _there);
        tunnel.Wait(60 * _second);

        Assert.Empty(tunnel.Crossed);
        Assert.Contains("is reached through", Assert.Single(Warnings(tunnel)), StringComparison.Ordinal);
        var status = tunnel.Left.Harness.Stage.GetStatus()["peers"]![0]!;
        Assert.Equal("refused", status["state"]!.ToString());
        Assert.Contains("the tunnel itself", status["last-failure"]!.ToString(), StringComparison.Ordinal);

        _host.Routed.Clear();
        tunnel.Wait(3 * _second);
        Assert.Equal(_there, Assert.Single(tunnel.Right.Delivered));
        Assert.Equal("up", tunnel.Left.Harness.Stage.GetStatus()["peers"]![0]!["state"]!.ToString());
        Assert.Single(tunnel.Left.Context.Log.Lines, line => line.Contains("is no longer reached through", StringComparison.Ordinal));
    }

    [Fact]
    public void The_start_names_it_without_traffic()
    {
        using var tunnel = Open();
        _host.Routed.Add(tunnel.Right.Address);
        tunnel.Settle();
        Assert.Single(Warnings(tunnel));
    }

    [Fact]
    public void A_session_whose_route_changes_sends_nothing_into_the_tunnel_and_continues_afterwards()
    {
        using var tunnel = Open().Connect();
        _host.Routed.Add(tunnel.Right.Address);
        var looped = Assert.Single(tunnel.Left.Send(_there));
        tunnel.Left.Send(LoopTests.Back(looped));
        tunnel.Settle();
        tunnel.Crossed.Clear();

        Assert.Empty(tunnel.Left.Send(_there));
        tunnel.Send(tunnel.Right, _back);
        tunnel.Wait(60 * _second);
        Assert.DoesNotContain(tunnel.Crossed, one => one.From == tunnel.Left);
        Assert.Equal(1, tunnel.Left.Context.Count("own-datagram"));
        Assert.Equal(PeerState.Refused, tunnel.Left.Peer.Reachability.State.State);
        Assert.Single(Warnings(tunnel));

        _host.Routed.Clear();
        tunnel.Wait(3 * _second);
        tunnel.Send(tunnel.Left, _there);
        Assert.Equal(2, tunnel.Right.Delivered.Count);
    }

    [Fact]
    public void Another_endpoint_of_the_peer_is_used()
    {
        using var tunnel = Open("198.51.100.9:51820", "192.0.2.2:51820");
        _host.Routed.Add(End.At("198.51.100.9:51820"));
        tunnel.Send(tunnel.Left, _there);
        tunnel.Wait(20 * _second);
        Assert.Equal(_there, Assert.Single(tunnel.Right.Delivered));
    }

    [Fact]
    public void Where_all_endpoints_are_behind_the_tunnel_one_is_named_once()
    {
        using var tunnel = Open("198.51.100.9:51820", "192.0.2.2:51820");
        _host.Routed.UnionWith([End.At("198.51.100.9:51820"), tunnel.Right.Address]);
        tunnel.Send(tunnel.Left, _there);
        tunnel.Wait(60 * _second);
        Assert.Empty(tunnel.Crossed);
        Assert.Single(Warnings(tunnel));

        _host.Routed.Clear();
        tunnel.Send(tunnel.Left, _there);
        tunnel.Wait(10 * _second);
        Assert.NotEmpty(tunnel.Right.Delivered);
    }

    [Fact]
    public void The_written_address_is_used_where_the_peer_calls_from_behind_the_tunnel()
    {
        using var tunnel = Open().Connect();
        _host.Routed.Add(End.At("203.0.113.66:666"));
        for (var i = 0; i < 3; i++)
        {
            tunnel.Left.Receive(Assert.Single(tunnel.Right.Send(_back)).Bytes, End.At("203.0.113.66:666"));
            tunnel.Left.Send(LoopTests.Back(Assert.Single(tunnel.Left.Send(_there))));
            tunnel.Settle();
            Assert.Equal(PeerState.Refused, tunnel.Left.Peer.Reachability.State.State);

            tunnel.Wait(3 * _second);
            tunnel.Send(tunnel.Left, _there);
            Assert.Equal(2 + i, tunnel.Right.Delivered.Count);
        }

        Assert.Single(Warnings(tunnel));
    }

    [Fact]
    public void A_way_behind_the_tunnel_is_not_measured()
    {
        List<DatagramEndpoint> sent = [];
        using var tunnel = Open(probes: true, "192.0.2.2:51820", "198.51.100.9:51820");
        tunnel.Sent = datagram => sent.Add(datagram.Endpoint.Remote);
        _host.Routed.Add(End.At("198.51.100.9:51820"));
        tunnel.Connect();
        for (var i = 0; i < 20; i++)
        {
            tunnel.Wait(_second);
            tunnel.Send(tunnel.Left, _there);
        }

        Assert.DoesNotContain(End.At("198.51.100.9:51820"), sent);
        Assert.Equal(21, tunnel.Right.Delivered.Count);
        _host.Routed.Clear();
        tunnel.Wait(10 * _second);
        Assert.Contains(End.At("198.51.100.9:51820"), sent);
    }

    [Fact]
    public void The_written_address_is_not_called_in_its_turn_while_it_is_behind_the_tunnel()
    {
        List<DatagramEndpoint> sent = [];
        using var tunnel = Open().Connect();
        tunnel.Left.Receive(Assert.Single(tunnel.Right.Send(_back)).Bytes, End.At("203.0.113.66:666"));
        tunnel.IsConnected = false;
        tunnel.Sent = datagram => sent.Add(datagram.Endpoint.Remote);
        _host.Routed.Add(tunnel.Right.Address);
        for (var i = 0; i < 60; i++)
        {
            tunnel.Wait(_second);
            tunnel.Send(tunnel.Left, _there);
        }

        Assert.DoesNotContain(tunnel.Right.Address, sent);
        _host.Routed.Clear();
        tunnel.Wait(60 * _second);
        Assert.Contains(tunnel.Right.Address, sent);
    }

    [Fact]
    public void A_peer_that_is_removed_is_asked_for_no_more()
    {
        using var tunnel = Open();
        _host.Routed.Add(tunnel.Right.Address);
        tunnel.Settle();
        tunnel.Left.Reload(tunnel.Left.Options with { Peers = [] });
        tunnel.Wait(10 * _second);
        Assert.Single(Warnings(tunnel));
    }

    private static IEnumerable<string> Warnings(TunnelPair tunnel) =>
        tunnel.Left.Context.Log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal));

    private TunnelPair Open(params string[] endpoints) => Open(probes: false, endpoints);

    private TunnelPair Open(bool probes, params string[] endpoints)
    {
        var tunnel = new TunnelPair(leftProbes: probes, rightProbes: probes, left: options =>
        {
            var ways = endpoints.Length == 0 ? options.Peers[0].Endpoint : new EndpointChoices([.. endpoints.Select(one => new EndpointChoice(End.Host(one)))]);
            return options with { Peers = [options.Peers[0] with { Endpoint = ways, AllowedIps = [IPNetwork.Parse("0.0.0.0/0")] }] };
        });
        tunnel.Left.Context.HostEnd = _host;
        return tunnel;
    }
}
