using System.Net;
using System.Net.Sockets;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Cases;

/// <summary>Endpoints that are names, with a resolver that the test answers for.</summary>
public sealed class ResolverTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly TestStageContext _context;
    private readonly Queue<Func<IPAddress[]>> _answers = new();
    private readonly EncryptOptions _options;
    private readonly Lazy<Tunnel> _tunnel;
    private bool _isIpv4Only;
    private bool _refusesPosts;

    public ResolverTests()
    {
        _context = new TestStageContext(_time);
        _options = new EncryptOptions
        {
            PrivateKey = End.NewKey().Private,
            Peers =
            [
                new PeerOptions
                {
                    PublicKey = End.NewKey().Public,
                    Endpoint = End.Way("vpn.example.net:51820"),
                    AllowedIps = [IPNetwork.Parse("10.0.0.2/32")],
                    Keepalive = 25 * Second,
                },
            ],
        };
        _tunnel = new Lazy<Tunnel>(() => _context.State(
            TunnelBuilder.StateName(_options), _ => new TunnelEntry(TunnelBuilder.Build(_options, new FakeHost(_context) { LookUp = LookUp, IsIpv4Only = _isIpv4Only, RefusesPosts = _refusesPosts }))).Tunnel);
    }

    private Peer Peer => _tunnel.Value.Peers.Snapshot.Single();

    [Fact]
    public void A_name_that_does_not_resolve_is_retried_and_logged_once()
    {
        _answers.Enqueue(() => throw new SocketException((int)SocketError.HostNotFound));
        _answers.Enqueue(() => []);
        _answers.Enqueue(() => [IPAddress.Parse("192.0.2.7")]);

        Turn(4 * Second);
        Assert.True(Peer.Endpoint.Current.IsNone);
        Turn(30 * Second);

        Assert.Equal(End.At("192.0.2.7:51820"), Peer.Endpoint.Current);
        Assert.Single(_context.Log.Lines, line => line.Contains("vpn.example.net:51820 does not resolve", StringComparison.Ordinal));
        Assert.Equal(End.At("192.0.2.7:51820"), _context.Emitted[0].Endpoint);
    }

    [Fact]
    public void A_look_up_ends_where_the_host_refuses_posts()
    {
        _refusesPosts = true;
        _answers.Enqueue(() => []);
        _answers.Enqueue(() => [IPAddress.Parse("192.0.2.7")]);

        Turn(30 * Second);

        Assert.Equal(End.At("192.0.2.7:51820"), Peer.Endpoint.Current);
    }

    [Fact]
    public void While_handshakes_fail_the_name_is_looked_up_again()
    {
        _answers.Enqueue(() => [IPAddress.Parse("192.0.2.7")]);
        _answers.Enqueue(() => [IPAddress.Parse("2001:db8::7")]);

        Turn(Second);
        Assert.Equal(End.At("192.0.2.7:51820"), Peer.Endpoint.Current);
        Turn(30 * Second);

        Assert.Equal(End.At("[2001:db8::7]:51820"), Peer.Endpoint.Current);
        Assert.Equal(End.At("[2001:db8::7]:51820"), _context.Emitted[^1].Endpoint);
    }

    [Fact]
    public void A_name_with_several_addresses_is_tried_at_each()
    {
        IPAddress[] both = [IPAddress.Parse("192.0.2.7"), IPAddress.Parse("192.0.2.8")];
        _answers.Enqueue(() => both);
        _answers.Enqueue(() => both);

        Turn(20 * Second);

        Assert.Equal(End.At("192.0.2.8:51820"), Peer.Endpoint.Current);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(50)]
    [InlineData(1000)]
    public void Traffic_does_not_keep_a_name_from_being_looked_up_again(int packetsPerSecond)
    {
        _answers.Enqueue(() => [IPAddress.Parse("192.0.2.7")]);
        _answers.Enqueue(() => [IPAddress.Parse("192.0.2.8")]);
        _ = _tunnel.Value;
        using var stage = new EncryptStage(_options, _context);
        var harness = new StageHarness<EncryptStage>(stage, EncryptStage.Shape(_options), _context);
        for (var i = 0; i < 30 * packetsPerSecond && Peer.Endpoint.Current != End.At("192.0.2.8:51820"); i++)
        {
            harness.Outbound(Inner.Packet("10.0.0.1", "10.0.0.2"));
            _time.Advance(Second / packetsPerSecond);
            Settle();
        }

        Assert.Equal(End.At("192.0.2.8:51820"), Peer.Endpoint.Current);
        Assert.Equal(End.At("192.0.2.8:51820"), _context.Emitted[^1].Endpoint);
    }

    [Fact]
    public void A_new_endpoint_is_called_at_once()
    {
        _answers.Enqueue(() => [IPAddress.Parse("192.0.2.7")]);
        _answers.Enqueue(() => [IPAddress.Parse("192.0.2.8")]);
        Turn(Second);
        for (var i = 0; i < 60 && Peer.Endpoint.Current == End.At("192.0.2.7:51820"); i++)
        {
            Turn(Second);
        }

        // The initiation that made the third, and the one to the new address within the same second.
        Assert.Equal([End.At("192.0.2.7:51820"), End.At("192.0.2.8:51820")], _context.Emitted.TakeLast(2).Select(one => one.Endpoint));
    }

    [Fact]
    public void Addresses_that_the_socket_cannot_send_to_are_left_out()
    {
        _isIpv4Only = true;
        _answers.Enqueue(() => [IPAddress.Parse("2001:db8::7"), IPAddress.Parse("192.0.2.7")]);
        Turn(Second);

        Assert.Equal(End.At("192.0.2.7:51820"), Peer.Endpoint.Current);
    }

    [Fact]
    public void A_name_with_addresses_of_the_wrong_family_only_is_reported()
    {
        _isIpv4Only = true;
        _answers.Enqueue(() => [IPAddress.Parse("2001:db8::7")]);
        Turn(4 * Second);

        Assert.True(Peer.Endpoint.Current.IsNone);
        Assert.Single(_context.Log.Lines, line => line.Contains("IPv6 addresses only", StringComparison.Ordinal));
    }

    [Fact]
    public void A_link_local_address_waits_for_its_interface()
    {
        _answers.Enqueue(() => [IPAddress.Parse("fe80::7")]);
        _answers.Enqueue(() => [new IPAddress(IPAddress.Parse("fe80::7").GetAddressBytes(), 3)]);
        Turn(4 * Second);
        Assert.True(Peer.Endpoint.Current.IsNone);
        Assert.Single(_context.Log.Lines, line => line.Contains("there is no such interface", StringComparison.Ordinal));

        Turn(6 * Second);
        Assert.Equal("[fe80::7%3]:51820", Peer.Endpoint.Current.ToString());
    }

    [Fact]
    public void Every_address_is_tried_in_any_order()
    {
        var addresses = Enumerable.Range(1, 4).Select(i => IPAddress.Parse($"192.0.2.{i}")).ToArray();
        for (var i = 0; i < 40; i++)
        {
            // The resolver rotates, as DNS servers do.
            var order = addresses.Skip(i * 3 % 4).Concat(addresses.Take(i * 3 % 4)).Reverse().ToArray();
            _answers.Enqueue(() => order);
        }

        Turn(80 * Second);
        Assert.Equal(addresses.Length, _context.Emitted.Select(one => one.Endpoint).Distinct().Count());
    }

    [Fact]
    public void An_address_that_the_network_endpoint_cannot_send_to_is_an_error()
    {
        var report = new OptionsRecorder();
        var options = _options with { Peers = [_options.Peers[0] with { Endpoint = End.Way("[2001:db8::7]:51820") }] };
        EncryptStage.ValidatePlan(options, new(1420, "") { Network = new() { IsIpv4Only = true, ListenPort = 7 } }, report);
        EncryptStage.ValidatePlan(options, new(1420, ""), report);

        Assert.Contains("[::]:7", Assert.Single(report.Errors, error => error.Key == "peers[0].endpoint").Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_wait_for_the_name()
    {
        _answers.Enqueue(() => []);
        Turn(Second);

        using var stage = new EncryptStage(_options, _context);
        var harness = new StageHarness<EncryptStage>(stage, EncryptStage.Shape(new EncryptOptions()), _context);
        Assert.Equal(1, harness.Outbound(Inner.Packet("10.0.0.1", "10.0.0.2")).Taken);
        Assert.Equal(1, Peer.Held.Count);
    }

    [Fact]
    public void A_peer_without_an_endpoint_is_called_where_the_network_endpoint_is_connected()
    {
        var options = _options with { Peers = [_options.Peers[0] with { Endpoint = null }] };
        using var context = new TestStageContext(_time) { Plan = new(1420, "") { Network = new() { IsConnected = true } } };
        using var stage = new EncryptStage(options, context);
        var harness = new StageHarness<EncryptStage>(stage, EncryptStage.Shape(options), context);

        Assert.Equal(1, harness.Outbound(Inner.Packet("10.0.0.1", "10.0.0.2")).Taken);
        context.RunService();
        Assert.True(Assert.Single(context.Emitted).Endpoint.IsNone);
    }

    public void Dispose() => _context.Dispose();

    // Look-ups run elsewhere; they are over, and their results posted, before the clock goes on.
    private void Turn(TimeSpan span)
    {
        _ = _tunnel.Value;
        for (var i = 0; i < span.TotalSeconds; i++)
        {
            _time.Advance(Second);
            Settle();
        }
    }

    private void Settle()
    {
        while (_context.RunService() > 0)
        {
        }
    }

    private Task<IPAddress[]> LookUp(string host)
    {
        Assert.Equal("vpn.example.net", host);
        try
        {
            return Task.FromResult((_answers.Count > 1 ? _answers.Dequeue() : _answers.Peek())());
        }
        catch (SocketException error)
        {
            return Task.FromException<IPAddress[]>(error);
        }
    }
}
