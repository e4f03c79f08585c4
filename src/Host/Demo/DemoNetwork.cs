using System.Net.Sockets;
using System.Net;
using Culvert.Host.Demo.Interop;

namespace Culvert.Host.Demo;

/// <summary>
/// The network of the demo:
/// <code>
/// monitor ─ culvert0 ═ wan0 ── "internet", MTU 1500 ── wan0 ═ culvert0 ─ gateway ─ lan0 ── MTU 9001 ── eth0 ─ web server
/// </code>
/// The tunnel devices are made by the two sites' own programs.
/// </summary>
internal sealed class DemoNetwork : IDisposable
{
    public const string TunDevice = "culvert0";
    public const string WanDevice = "wan0";
    public const string LanDevice = "lan0";

    /// <summary>The jumbo frames that make the web server offer an MSS of 8961.</summary>
    public const int LanMtu = 9001;

    public const int WanMtu = 1500;
    private const string WebDevice = "eth0";
    public static readonly IPAddress MonitorTunnelAddress = IPAddress.Parse("10.99.0.1");
    public static readonly IPAddress GatewayTunnelAddress = IPAddress.Parse("10.99.0.2");
    public static readonly IPAddress MonitorWanAddress = IPAddress.Parse("203.0.113.1");
    public static readonly IPAddress GatewayWanAddress = IPAddress.Parse("203.0.113.7");
    public static readonly IPAddress GatewayLanAddress = IPAddress.Parse("10.80.0.1");
    public static readonly IPAddress WebAddress = IPAddress.Parse("10.80.0.112");

    /// <summary>Creates the namespaces and links.</summary>
    /// <exception cref="IOException">The kernel refused one.</exception>
    public DemoNetwork()
    {
        Monitor.Ip(
            $"link add {WanDevice} mtu {WanMtu} type veth peer name {WanDevice} mtu {WanMtu} netns {Gateway.Path}",
            $"addr add {MonitorWanAddress}/24 dev {WanDevice}",
            $"link set {WanDevice} up");
        Gateway.Ip(
            $"link add {LanDevice} mtu {LanMtu} type veth peer name {WebDevice} mtu {LanMtu} netns {Web.Path}",
            $"addr add {GatewayWanAddress}/24 dev {WanDevice}",
            $"addr add {GatewayLanAddress}/16 dev {LanDevice}",
            $"link set {WanDevice} up",
            $"link set {LanDevice} up");
        Web.Ip(
            $"addr add {WebAddress}/16 dev {WebDevice}",
            $"link set {WebDevice} up",
            $"route add default via {GatewayLanAddress}");
        Gateway.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        SetWebChecksumOffload(false);
    }

    public NetworkNamespace Monitor { get; } = NetworkNamespace.Create("the monitor's site");

    public NetworkNamespace Gateway { get; } = NetworkNamespace.Create("the gateway");

    public NetworkNamespace Web { get; } = NetworkNamespace.Create("the web server");

    /// <summary>
    /// Lets the web server's device leave checksums to be filled in further on, or not. Off, every packet has its checksum on the wire, as
    /// between machines, so that it can be seen before the clamp; on, the kernel hands large pieces on, as it does between containers.
    /// </summary>
    public void SetWebChecksumOffload(bool on) => Web.Run(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Ethtool.Set(socket, WebDevice, Ethtool.ETHTOOL_STXCSUM, on);
    });

    public void Dispose()
    {
        Monitor.Dispose();
        Gateway.Dispose();
        Web.Dispose();
    }
}
