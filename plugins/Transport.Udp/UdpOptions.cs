using System.Net;
using Culvert.Endpoints;
using Culvert.Options;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>The keys of a <c>udp</c> entry in pipeline.yaml.</summary>
public sealed record UdpOptions
{
    /// <summary>The address that the socket is bound to. <c>0.0.0.0</c> serves IPv4, <c>[::]</c> both families; port 0 lets the system choose.</summary>
    [Option(
        "The address and port to bind: 0.0.0.0 for IPv4, [::] for IPv4 and IPv6; port 0 lets the system choose.",
        Example = "0.0.0.0:51820")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 0);

    /// <summary>The one other side, where no stage above knows endpoints. Required after <c>plaintext</c>.</summary>
    [Option(
        "The other side, where no stage above knows endpoints (plaintext); then only datagrams from there are accepted.",
        Example = "203.0.113.7:7000")]
    public HostEndpoint? Peer { get; init; }

    /// <summary>The largest IP packet that is sent, in bytes.</summary>
    [Option(
        "The largest IP packet in bytes that is sent to a peer: auto (what its path carries, up to 1500), or an upper bound from 576 to 65535; "
        + "every MTU above follows from it.",
        Example = "1492")]
    public PathMtuSetting PathMtu { get; init; } = PathMtuSetting.Auto;

    /// <summary>Whether the system may cut and join datagrams.</summary>
    [Option("Whether the system may send and receive several datagrams as one (UDP_SEGMENT and UDP_GRO on Linux, USO and URO on Windows): true, false, send or receive.")]
    public OffloadSetting Offload { get; init; } = OffloadSetting.On;

    /// <summary>The size of the socket's send buffer, and of its receive buffer.</summary>
    [Option("The size of the socket's send buffer and of its receive buffer; without CAP_NET_ADMIN the system's limit applies.",
        Min = 65_536, Max = 1_073_741_824)]
    public ByteSize SocketBuffer { get; init; } = new(4L << 20);

    /// <summary>The mark of the socket's datagrams. Linux only.</summary>
    [Option("Linux: the mark of the datagrams for policy routing and firewalls (SO_MARK), as wg's fwmark. Needs CAP_NET_ADMIN. 0 for none.",
        Example = "51820")]
    public FirewallMark Fwmark { get; init; } = FirewallMark.None;

    /// <summary>The device that the socket is bound to. Linux only.</summary>
    [Option("Linux: the device that datagrams leave from and arrive at, whatever the routes say (SO_BINDTODEVICE).", Default = "any", Example = "wan0")]
    public string? BindDevice { get; init; }

    /// <summary>The size as the system takes it.</summary>
    internal int SocketBufferBytes => (int)SocketBuffer.Bytes;
}
