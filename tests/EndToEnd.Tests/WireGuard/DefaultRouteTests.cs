using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A host whose default routes lead into the tunnel, in both families, and the peer behind its old default route.</summary>
public sealed class DefaultRouteTests
{
    [Theory]
    [InlineData("routes: auto")]
    [InlineData("routes: [0.0.0.0/0, \"::/0\"]")]
    public void Everything_goes_through_the_tunnel_but_its_own_datagrams_and_nothing_stays_behind(string routes)
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        Requires.Tool("sysctl");
        using var net = new RoutedPair();
        var (host, peer, before) = (net.Host, net.Peer, net.HostState());
        using var left = new CulvertSite(host, ["10.99.0.1/24", "fd99::1/64"], "[::]:51820") { TunKeys = routes, UdpKeys = "fwmark: 51820" };
        using var right = new CulvertSite(peer, ["10.99.0.2/24", "fd99::2/64"], "0.0.0.0:51820");
        left.WithPeer(right, "0.0.0.0/0, \"::/0\"", "198.51.100.2:51820");
        right.WithPeer(left, "10.99.0.1/32, \"fd99::1/128\"");
        right.Start();
        left.Start();

        left.PingUntilAnswered("203.0.113.9");
        left.PingUntilAnswered("2001:db8:9::9");
        Assert.Equal("198.51.100.2:51820", left.Show("endpoints").Trim().Split('\t')[1]);
        Assert.Contains("192.0.2.1:51820", right.Show("endpoints"), StringComparison.Ordinal);
        host.Run("ping -c 1 -W 2 192.0.2.254");

        left.UdpKeys = "fwmark: 77";
        left.Reload();
        left.PingUntilAnswered("203.0.113.9");
        Assert.DoesNotContain("51820", host.Run("ip rule"), StringComparison.Ordinal);
        Assert.Contains("fwmark 0x4d lookup 77", host.Run("ip rule"), StringComparison.Ordinal);

        left.Stop();
        Assert.Equal(before, net.HostState());
    }

    [Fact]
    public void Without_a_mark_the_route_is_refused_where_there_is_a_default_route_and_nothing_is_changed()
    {
        Requires.TunDevice();
        using var net = new RoutedPair();
        var (host, peer, before) = (net.Host, net.Peer, net.HostState());
        using var left = new CulvertSite(host, ["10.99.0.1/24"], "0.0.0.0:51820") { TunKeys = "routes: auto" };
        using var right = new CulvertSite(peer, [], "0.0.0.0:51820");
        left.WithPeer(right, "0.0.0.0/0", "198.51.100.2:51820");

        left.Start();
        Assert.True(left.Process.WaitForExit(TimeSpan.FromSeconds(20)), left.Log);
        left.Process.WaitForExit();
        Assert.Contains("'tun': routes: 0.0.0.0/0 leads the tunnel's own datagrams into the tunnel", left.Log, StringComparison.Ordinal);
        Assert.Contains("the route 0.0.0.0/0 is taken: it leads to 'eth0' already", left.Log, StringComparison.Ordinal);
        Assert.Contains("set 'fwmark: 51820' at the network endpoint", left.Log, StringComparison.Ordinal);
        Assert.Equal(before, net.HostState());
    }

    [Fact]
    public void An_endpoint_behind_the_tunnel_is_refused_named_and_called_once_the_route_leads_past()
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        using var net = new RoutedPair();
        var (host, peer) = (net.Host, net.Peer);
        using var left = new CulvertSite(host, ["10.99.0.1/24"], "0.0.0.0:51820") { TunKeys = "routes: [0.0.0.0/1, 128.0.0.0/1]" };
        using var right = new CulvertSite(peer, ["10.99.0.2/24"], "0.0.0.0:51820");
        left.WithPeer(right, "0.0.0.0/0", "198.51.100.2:51820", keepalive: "1s");
        right.WithPeer(left, "10.99.0.1/32");
        right.Start();
        left.Start();
        const string refused = "the endpoint 198.51.100.2:51820 is reached through";
        Eventually.True(() => Count(left, refused) == 1, TimeSpan.FromSeconds(30), () => left.Log);
        Assert.Contains("the route 128.0.0.0/1 leads the datagrams to 198.51.100.2:51820 into the tunnel itself", host.TryRun($"{CulvertProgram.Path} check {left.File}").Error, StringComparison.Ordinal);
        host.TryRun("ping -c 3 -i 0.2 -W 1 203.0.113.9");
        var status = host.Run($"{CulvertProgram.Path} status {left.File}");
        Assert.Matches("refused since", status);
        Assert.Contains("the tunnel itself", status, StringComparison.Ordinal);
        Assert.Contains("leave the endpoint's address out of 'routes'", host.TryRun($"{CulvertProgram.Path} doctor {left.File}").Output, StringComparison.Ordinal);
        // Not one datagram came back: none was sent.
        Assert.DoesNotContain("own-datagram", status, StringComparison.Ordinal);

        host.Run("ip route add 198.51.100.2 via 192.0.2.254");
        left.PingUntilAnswered("203.0.113.9", seconds: 30);
        Assert.Equal(1, Count(left, refused));
    }

    private static int Count(CulvertSite site, string words) => site.Log.Split(words).Length - 1;
}
