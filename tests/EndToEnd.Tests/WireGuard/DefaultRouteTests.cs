using System.Runtime.CompilerServices;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// A host whose default routes lead into the tunnel, in both families, and the peer behind its old default route:
/// <code>
/// host 192.0.2.1 ── router ── peer 198.51.100.2, which has 203.0.113.9 and 2001:db8:9::9
/// </code>
/// </summary>
public sealed class DefaultRouteTests : IDisposable
{
    private static readonly string[] _state =
        ["ip -4 rule", "ip -6 rule", "ip -4 route show table all", "ip -6 route show table all", "ip -br link", "ip -br addr", "sysctl -a --pattern rp_filter|valid_mark"];

    private readonly List<IDisposable> _open = [];

    [Theory]
    [InlineData("routes: auto")]
    [InlineData("routes: [0.0.0.0/0, \"::/0\"]")]
    public void Everything_goes_through_the_tunnel_but_its_own_datagrams_and_nothing_stays_behind(string routes)
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        Requires.Tool("sysctl");
        var (host, peer) = Connect();
        var before = StateOf(host);
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
        Assert.Equal(before, StateOf(host));
    }

    [Fact]
    public void Without_a_mark_the_route_is_refused_where_there_is_a_default_route_and_nothing_is_changed()
    {
        Requires.TunDevice();
        var (host, peer) = Connect();
        var before = StateOf(host);
        using var left = new CulvertSite(host, ["10.99.0.1/24"], "0.0.0.0:51820") { TunKeys = "routes: auto" };
        using var right = new CulvertSite(peer, [], "0.0.0.0:51820");
        left.WithPeer(right, "0.0.0.0/0", "198.51.100.2:51820");

        left.Start();
        Assert.True(left.Process.WaitForExit(TimeSpan.FromSeconds(20)), left.Log);
        left.Process.WaitForExit();
        Assert.Contains("'tun': routes: 0.0.0.0/0 leads the tunnel's own datagrams into the tunnel", left.Log, StringComparison.Ordinal);
        Assert.Contains("the route 0.0.0.0/0 is taken: it leads to 'eth0' already", left.Log, StringComparison.Ordinal);
        Assert.Contains("set 'fwmark: 51820' at the network endpoint", left.Log, StringComparison.Ordinal);
        Assert.Equal(before, StateOf(host));
    }

    public void Dispose() => _open.ForEach(space => space.Dispose());

    private static string StateOf(NetworkNamespace space)
    {
        var text = new DefaultInterpolatedStringHandler();
        foreach (var command in _state)
        {
            text.AppendLiteral(space.TryRun(TimeSpan.FromSeconds(20), "sh", "-c", command.Replace("|", "\\|", StringComparison.Ordinal)).Succeeded());
        }

        return text.ToStringAndClear();
    }

    private (NetworkNamespace Host, NetworkNamespace Peer) Connect()
    {
        var (host, router, peer) = (Space(), Space(), Space());
        NetworkNamespace.Connect(host, "eth0", router, "left");
        NetworkNamespace.Connect(router, "right", peer, "eth0");
        router.Invoke(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        foreach (var (space, command) in new[]
        {
            (host, "ip addr add 192.0.2.1/24 dev eth0"), (host, "ip -6 addr add 2001:db8:1::1/64 dev eth0 nodad"),
            (host, "ip route add default via 192.0.2.254"), (host, "ip -6 route add default via 2001:db8:1::fe"),
            (router, "ip addr add 192.0.2.254/24 dev left"), (router, "ip addr add 198.51.100.254/24 dev right"),
            (peer, "ip addr add 198.51.100.2/24 dev eth0"), (peer, "ip route add default via 198.51.100.254"),
            (peer, "ip addr add 203.0.113.9/32 dev lo"), (peer, "ip -6 addr add 2001:db8:9::9/128 dev lo"),
        })
        {
            space.Run(command);
        }

        // Addresses that the kernel makes by itself appear when they like.
        Eventually.True(() => !host.Run("ip -6 addr").Contains("tentative", StringComparison.Ordinal), TimeSpan.FromSeconds(20), () => "Still tentative.");
        return (host, peer);
    }

    private NetworkNamespace Space()
    {
        var space = NetworkNamespace.Create();
        _open.Add(space);
        return space;
    }
}
