using System.Net;
using System.Net.Sockets;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Stages;
using Culvert.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Transport.Udp.Tests;

public sealed class PeerResolverTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestStageContext _context;
    private readonly Queue<IPAddress[]?> _answers = new();
    private int _asked;

    public PeerResolverTests() => _context = new TestStageContext(_time);

    [Fact]
    public void AnAddressNeedsNoQuestion()
    {
        using var resolver = Resolver("192.0.2.7:7000");

        Assert.Equal("192.0.2.7:7000", resolver.Peer.Endpoint.ToString());
        _context.RunService();
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData("192.0.2.7:7000")]
    [InlineData("vpn.example.net:7000")]
    public void APeerBehindTheTunnelIsSentNothingUntilTheRouteChanges(string peer)
    {
        _answers.Enqueue([IPAddress.Parse("192.0.2.7")]);
        var host = new RoutingHost { LeadsHome = true };
        _context.HostEnd = host;
        using var resolver = Resolver(peer);
        for (var second = 0; second < 60; second++)
        {
            Step(TimeSpan.FromSeconds(1));
        }

        Assert.True(resolver.Peer.Endpoint.IsNone);
        Assert.Single(_context.Log.Lines, line => line.Contains("the tunnel itself", StringComparison.Ordinal));
        host.LeadsHome = false;
        Step(TimeSpan.FromSeconds(3));
        Assert.Equal("192.0.2.7:7000", resolver.Peer.Endpoint.ToString());
    }

    [Fact]
    public void ANameIsAskedForUntilItResolves()
    {
        _answers.Enqueue(null);
        _answers.Enqueue(null);
        _answers.Enqueue([IPAddress.Parse("192.0.2.7")]);
        using var resolver = Resolver("vpn.example.net:7000");
        Assert.True(resolver.Peer.Endpoint.IsNone);

        _context.RunService();
        Assert.Equal(1, _asked);
        Step(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _asked);
        Step(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _asked);
        Step(TimeSpan.FromSeconds(1));

        Assert.Equal(3, _asked);
        Assert.Equal("192.0.2.7:7000", resolver.Peer.Endpoint.ToString());
        Assert.Contains(_context.Log.Lines, line => line.Contains("vpn.example.net:7000 does not resolve", StringComparison.Ordinal));
        Assert.Contains(_context.Log.Lines, line => line.Contains("is at 192.0.2.7:7000", StringComparison.Ordinal));
    }

    [Fact]
    public void TheIntervalGrowsToAMinute()
    {
        using var resolver = Resolver("vpn.example.net:7000");
        _context.RunService();
        for (var second = 0; second < 1_000; second++)
        {
            Step(TimeSpan.FromSeconds(1));
        }

        // 1 + 2 + 4 + 8 + 16 + 32 = 63 s for the first six retries, then one a minute.
        Assert.Equal(1 + 6 + ((1_000 - 63) / 60), _asked);
    }

    [Fact]
    public void AnIpv4SocketTakesAnIpv4Address()
    {
        _answers.Enqueue([IPAddress.Parse("2001:db8::7")]);
        _answers.Enqueue([IPAddress.Parse("2001:db8::7"), IPAddress.Parse("192.0.2.7")]);
        using var resolver = Resolver("vpn.example.net:7000", ipv6Socket: false);

        _context.RunService();
        Assert.True(resolver.Peer.Endpoint.IsNone);
        Step(TimeSpan.FromSeconds(1));

        Assert.Equal("192.0.2.7:7000", resolver.Peer.Endpoint.ToString());
    }

    [Fact]
    public void ALinkLocalAddressWaitsForItsInterface()
    {
        _answers.Enqueue([IPAddress.Parse("fe80::7")]);
        _answers.Enqueue([new IPAddress(IPAddress.Parse("fe80::7").GetAddressBytes(), 3)]);
        using var resolver = Resolver("[fe80::7%culvert-none]:7000");

        _context.RunService();
        Assert.True(resolver.Peer.Endpoint.IsNone);
        Assert.Contains("an interface that does not exist", Assert.Single(_context.Log.Lines), StringComparison.Ordinal);
        Step(TimeSpan.FromSeconds(1));

        Assert.Equal("[fe80::7%3]:7000", resolver.Peer.Endpoint.ToString());
    }

    [Fact]
    public void ANameThatMovesIsFollowedAndOneThatVanishesIsKept()
    {
        _answers.Enqueue([IPAddress.Parse("192.0.2.7")]);
        _answers.Enqueue([IPAddress.Parse("192.0.2.8")]);
        _answers.Enqueue(null);
        using var resolver = Resolver("vpn.example.net:7000");
        _context.RunService();
        Assert.Equal("192.0.2.7:7000", resolver.Peer.Endpoint.ToString());

        Step(TimeSpan.FromMinutes(5));
        Assert.Equal("192.0.2.8:7000", resolver.Peer.Endpoint.ToString());
        Step(TimeSpan.FromMinutes(5));
        Assert.Equal("192.0.2.8:7000", resolver.Peer.Endpoint.ToString());
        Assert.Equal(3, _asked);
    }

    [Fact]
    public void ABlockedServiceThreadEndsNoQuestion()
    {
        _answers.Enqueue([IPAddress.Parse("192.0.2.7")]);
        _answers.Enqueue([IPAddress.Parse("192.0.2.8")]);
        var posts = 0;
        using var resolver = Resolver("vpn.example.net:7000", lookedUp: () =>
        {
            // Until no more are taken.
            while (Record.Exception(() => _context.Post(() => { })) is null && ++posts < 1_000_000)
            {
            }
        });

        for (var i = 0; i < 2; i++)
        {
            _context.RunService(limit: 1_000_000);
            Step(TimeSpan.FromMinutes(5));
            _context.RunService(limit: 1_000_000);
        }

        Assert.Equal("192.0.2.8:7000", resolver.Peer.Endpoint.ToString());
    }

    public void Dispose() => _context.Dispose();

    private PeerResolver Resolver(string peer, bool ipv6Socket = true, Action? lookedUp = null)
    {
        Assert.True(HostEndpoint.TryParse(peer, out var host));
        return new PeerResolver(host, ipv6Socket, _context, (_, _) =>
        {
            _asked++;
            lookedUp?.Invoke();
            return _answers.TryDequeue(out var answer) && answer is not null
                ? Task.FromResult(answer)
                : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
        });
    }

    private void Step(TimeSpan time)
    {
        _time.Advance(time);
        _context.RunService();
    }

    private sealed class RoutingHost : IPacketEndpoint
    {
        public bool LeadsHome { get; set; }

        public void Receive(PacketFiller filler)
        {
        }

        public bool LeadsHere(in DatagramEndpoint destination, NetworkEndpointShape network) => LeadsHome;
    }
}
