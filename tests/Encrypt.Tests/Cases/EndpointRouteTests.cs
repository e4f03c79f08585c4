using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Probing;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Cases;

/// <summary>Where datagrams to a peer leave from.</summary>
public sealed class EndpointRouteTests : IDisposable
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly DatagramEndpoint _remote = End.At("192.0.2.7:51820");

    private readonly FakeTimeProvider _time = new();
    private readonly TestStageContext _context;
    private readonly FakeHost _host;
    private EncryptOptions? _options;

    public EndpointRouteTests()
    {
        _context = new TestStageContext(_time);
        _host = new FakeHost(_context);
    }

    [Fact]
    public void Source_and_device_are_part_of_the_endpoint_and_no_message_of_the_peer_changes_them()
    {
        _host.Interfaces["wan1"] = 7;
        var peer = Open(new EndpointChoice(End.Host("192.0.2.7:51820"), IPAddress.Parse("198.51.100.1"), "wan1"));
        var bound = _remote.WithLocal([198, 51, 100, 1], 7, isRequired: true);
        Assert.Equal(bound, peer.Endpoint.Current);

        peer.Endpoint.MoveTo(_remote.WithLocal([198, 51, 100, 2], 8));
        Assert.Equal(bound, peer.Endpoint.Current);
        peer.Endpoint.ForgetLocal();
        Assert.Equal(bound, peer.Endpoint.Current);
        peer.Endpoint.MoveTo(End.At("192.0.2.9:1"));
        Assert.Equal(End.At("192.0.2.9:1"), peer.Endpoint.Current);
    }

    [Fact]
    public void A_device_that_does_not_exist_is_reported_and_used_once_it_exists()
    {
        var peer = Open(new EndpointChoice(End.Host("192.0.2.7:51820"), BindDevice: "wan1"));
        Assert.True(peer.Endpoint.Current.IsNone);
        Assert.Single(_context.Log.Lines, line => line.Contains("there is no device wan1", StringComparison.Ordinal));

        peer.SetKeepalive(25 * _second);
        _host.Interfaces["wan1"] = 7;
        for (var i = 0; i < 30 && peer.Endpoint.Current.IsNone; i++)
        {
            Turn();
        }

        Assert.Equal(7u, peer.Endpoint.Current.InterfaceIndex);
    }

    [Fact]
    public void The_called_address_is_kept_until_an_initiation_is_not_answered()
    {
        var peer = Open(new EndpointChoice(End.Host("192.0.2.7:51820")));
        var called = _remote.WithLocal([198, 51, 100, 2], 8);
        peer.Endpoint.MoveTo(called);
        Assert.Equal((called, EndpointSource.Configured), (peer.Endpoint.Current, peer.Endpoint.Source));

        peer.SetKeepalive(25 * _second);
        for (var i = 0; i < 30 && peer.Endpoint.Current == called; i++)
        {
            Turn();
        }

        Assert.Equal((_remote, EndpointSource.Configured), (peer.Endpoint.Current, peer.Endpoint.Source));
    }

    [Fact]
    public void Several_endpoints_are_tried_in_turn_with_growing_pauses()
    {
        var peer = Open(
            new EndpointChoice(End.Host("192.0.2.1:1")), new EndpointChoice(End.Host("192.0.2.2:2")), new EndpointChoice(End.Host("192.0.2.3:3")));
        peer.SetKeepalive(25 * _second);
        var sent = new List<(int Second, int Port)>();
        for (var second = 0; second < 60; second++)
        {
            sent.AddRange(_context.TakeEmitted().Select(one => (second, one.Endpoint.Port)));
            Turn();
        }

        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3], sent.Take(9).Select(one => one.Port));
        var pauses = sent.Zip(sent.Skip(1), (a, b) => b.Second - a.Second).ToList();
        Assert.All(pauses.Take(3), pause => Assert.InRange(pause, 1, 2));
        Assert.All(pauses.Skip(3).Take(3), pause => Assert.InRange(pause, 2, 3));
        Assert.All(pauses.Skip(9), pause => Assert.InRange(pause, 5, 6));
    }

    [Fact]
    public void A_first_endpoint_that_is_never_found_leaves_the_others_to_be_tried()
    {
        var peer = Open(new EndpointChoice(End.Host("vpn.example.net:1")), new EndpointChoice(End.Host("192.0.2.2:2")));
        peer.SetKeepalive(25 * _second);
        for (var i = 0; i < 10 && peer.Endpoint.Current.IsNone; i++)
        {
            Turn();
        }

        Assert.Equal(End.At("192.0.2.2:2"), peer.Endpoint.Current);
        Assert.Equal(End.At("192.0.2.2:2"), _context.TakeEmitted()[0].Endpoint);
    }

    [Fact]
    public void Probes_of_ways_do_not_take_the_place_of_keepalives()
    {
        using var pair = TwoWays();
        pair.Connect();
        for (var i = 0; i < 600; i++)
        {
            pair.Send(pair.Left, Inner.Packet("10.0.0.1", "10.0.0.2"));
            pair.Wait(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(1, pair.Left.Context.Count("initiations-sent"));
        Assert.True(pair.Left.Context.Count("keepalives-received") >= 5);
    }

    [Fact]
    public void A_probe_of_a_way_shows_a_Culvert_whose_first_message_was_lost()
    {
        const int shortest = 16 + 16 + 16;
        using var pair = TwoWays();
        pair.Loses = datagram => datagram.Length == shortest;
        pair.Connect();
        pair.Loses = _ => false;
        pair.Wait(10 * _second);
        Assert.Equal(ProbeCarrier.Messages, pair.Left.Peer.Path.Machine!.Carrier);
        Assert.Equal(ProbeCarrier.Messages, pair.Right.Peer.Path.Machine!.Carrier);
    }

    [Fact]
    public void A_failure_of_the_path_is_tied_to_its_peer_and_reported_once()
    {
        var peer = Open(new EndpointChoice(End.Host("192.0.2.7:51820")));
        using var stage = new EncryptStage(_options!, _context);
        Assert.False(stage.HandlePathFailure(End.At("192.0.2.8:51820"), "host unreachable"));
        Assert.True(stage.HandlePathFailure(_remote.WithLocal([198, 51, 100, 1], 3), "host unreachable"));
        Assert.True(stage.HandlePathFailure(_remote, "host unreachable"));

        Assert.Equal("host unreachable", peer.Reachability.LastFailure?.Reason);
        Assert.Single(_context.Log.Lines, line => line.Contains("the network reports: host unreachable", StringComparison.Ordinal));
        peer.Reachability.HandleAnswer(isRekey: false);
        stage.HandlePathFailure(_remote, "host unreachable");
        Assert.Equal(2, _context.Log.Lines.Count(line => line.Contains("the network reports", StringComparison.Ordinal)));
    }

    public void Dispose() => _context.Dispose();

    private Peer Open(params EndpointChoice[] choices)
    {
        var options = new EncryptOptions
        {
            PrivateKey = End.NewKey().Private,
            Peers = [new PeerOptions { PublicKey = End.NewKey().Public, Endpoint = new EndpointChoices(choices), AllowedIps = [IPNetwork.Parse("10.0.0.2/32")] }],
        };
        _options = options;
        var tunnel = _context.State(TunnelBuilder.StateName(options), _ => new TunnelEntry(TunnelBuilder.Build(options, _host))).Tunnel;
        return tunnel.Peers.Snapshot.Single();
    }

    private static TunnelPair TwoWays() => new(
        left: options => options with
        {
            Peers = [options.Peers[0] with { Endpoint = new EndpointChoices(new EndpointChoice(End.Host("192.0.2.2:51820")), new EndpointChoice(End.Host("192.0.2.9:51820"))) }],
        },
        leftProbes: true, rightProbes: true);

    private void Turn()
    {
        _time.Advance(_second);
        while (_context.RunService() > 0)
        {
        }
    }
}
