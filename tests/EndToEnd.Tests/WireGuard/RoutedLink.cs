using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// Two namespaces with a router between them that drops all ICMP, so that nobody hears of a path that narrows: ours has 192.0.2.1, the other
/// 198.51.100.1.
/// </summary>
internal sealed class RoutedLink : IDisposable
{
    public const string OurAddress = "192.0.2.1";
    public const string TheirAddress = "198.51.100.1";

    public RoutedLink(bool dropsIcmp = true)
    {
        Requires.Root();
        Requires.TunDevice();
        Requires.Tool("wg");
        Requires.Tool("nft");
        NetworkNamespace.Connect(Ours, "eth0", Router, "eth0");
        NetworkNamespace.Connect(Router, "eth1", Theirs, "eth0");
        Ours.Run($"ip addr add {OurAddress}/24 dev eth0");
        Theirs.Run($"ip addr add {TheirAddress}/24 dev eth0");
        Router.Run("ip addr add 192.0.2.254/24 dev eth0");
        Router.Run("ip addr add 198.51.100.254/24 dev eth1");
        Ours.Run("ip route add default via 192.0.2.254");
        Theirs.Run("ip route add default via 198.51.100.254");
        Router.Run("sysctl -qw net.ipv4.ip_forward=1");
        if (dropsIcmp)
        {
            foreach (var command in new[]
            {
                "nft add table ip t", "nft add chain ip t o { type filter hook output priority 0 ; }", "nft add rule ip t o ip protocol icmp drop",
            })
            {
                Router.Run(command);
            }
        }
    }

    public NetworkNamespace Ours { get; } = NetworkNamespace.Create();

    public NetworkNamespace Router { get; } = NetworkNamespace.Create();

    public NetworkNamespace Theirs { get; } = NetworkNamespace.Create();

    /// <summary>Sets the MTU of both links, at the router.</summary>
    public void SetPath(int mtu)
    {
        Router.Run($"ip link set eth1 mtu {mtu}");
        Router.Run($"ip link set eth0 mtu {mtu}");
    }

    public void Dispose()
    {
        Ours.Dispose();
        Router.Dispose();
        Theirs.Dispose();
    }
}
