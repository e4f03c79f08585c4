using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// A host with default routes, a router, and a peer behind it with addresses that only the tunnel leads to:
/// <code>
/// host 192.0.2.1 ── router ── peer 198.51.100.2, which has 203.0.113.9 and 2001:db8:9::9
/// </code>
/// </summary>
internal sealed class RoutedPair : IDisposable
{
    // src_valid_mark is not here: wg-quick sets it and leaves it.
    private static readonly string[] _state =
        ["ip -4 rule", "ip -6 rule", "ip -4 route show table all", "ip -6 route show table all", "ip -br link", "ip -br addr", "sysctl -a --pattern rp_filter"];

    private readonly NetworkNamespace _router = NetworkNamespace.Create();

    public RoutedPair()
    {
        NetworkNamespace.Connect(Host, "eth0", _router, "left", mtu: 9000);
        NetworkNamespace.Connect(_router, "right", Peer, "eth0", mtu: 9000);
        _router.Invoke(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        foreach (var (space, command) in new[]
        {
            (Host, "ip addr add 192.0.2.1/24 dev eth0"), (Host, "ip -6 addr add 2001:db8:1::1/64 dev eth0 nodad"),
            (Host, "ip route add default via 192.0.2.254"), (Host, "ip -6 route add default via 2001:db8:1::fe"),
            (_router, "ip addr add 192.0.2.254/24 dev left"), (_router, "ip addr add 198.51.100.254/24 dev right"),
            (Peer, "ip addr add 198.51.100.2/24 dev eth0"), (Peer, "ip route add default via 198.51.100.254"),
            (Peer, "ip addr add 203.0.113.9/32 dev lo"), (Peer, "ip -6 addr add 2001:db8:9::9/128 dev lo"),
        })
        {
            space.Run(command);
        }

        // Addresses that the kernel makes by itself appear when they like.
        Eventually.True(() => !Host.Run("ip -6 addr").Contains("tentative", StringComparison.Ordinal), TimeSpan.FromSeconds(20), () => "Still tentative.");
    }

    public NetworkNamespace Host { get; } = NetworkNamespace.Create();

    public NetworkNamespace Peer { get; } = NetworkNamespace.Create();

    /// <summary>The host's rules, routes of all tables, devices and addresses, and what filters by them.</summary>
    public string HostState() => string.Concat(_state.Select(command => Host.Run(command)));

    public void Dispose()
    {
        Host.Dispose();
        Peer.Dispose();
        _router.Dispose();
    }
}
