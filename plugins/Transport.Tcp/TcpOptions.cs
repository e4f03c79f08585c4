using System.Net;
using Culvert.Endpoints;
using Culvert.Options;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>The keys of a <c>tcp</c> entry in pipeline.yaml.</summary>
public sealed record TcpOptions
{
    /// <summary>The address that accepts connections; null accepts none.</summary>
    [Option(
        "The address and port that accept connections: 0.0.0.0 for IPv4, [::] for IPv4 and IPv6. Without it none is accepted.",
        Example = "0.0.0.0:4443")]
    public IPEndPoint? Listen { get; init; }

    /// <summary>The one other side. Null connects to the endpoints that a stage above names.</summary>
    [Option(
        "The other side, which gets every datagram. Without it, connections go to the endpoints that encrypt names.",
        Example = "203.0.113.7:4443")]
    public HostEndpoint? Connect { get; init; }

    /// <summary>The HTTP proxy that outbound connections pass.</summary>
    [Option("The HTTP proxy that outbound connections pass with CONNECT.", Example = "http://192.0.2.8:3128")]
    public ProxyAddress? Proxy { get; init; }

    /// <summary>The prefixes whose hosts may connect; empty admits everyone.</summary>
    [Option("Prefixes whose hosts may connect. None: every host may. Set it after plaintext.", Example = "[203.0.113.0/24]")]
    public IReadOnlyList<IPNetwork> From { get; init; } = [];

    /// <summary>The largest IP packet that the path would carry over UDP, in bytes.</summary>
    [Option("The path MTU in bytes that the datagrams are planned for: auto (1500), or a number from 576 to 65535; as udp has it, so that exchanging the two changes no MTU.",
        Example = "1492")]
    public PathMtuSetting PathMtu { get; init; } = PathMtuSetting.Auto;

    /// <summary>The datagrams that may wait for one connection, in bytes.</summary>
    [Option("How much may wait for one connection before datagrams are dropped. More bridges longer pauses, less keeps delays short.",
        Min = 131_072, Max = 67_108_864)]
    public ByteSize Queue { get; init; } = new(256L << 10);

    /// <summary>The largest number of accepted connections, and that of opened ones.</summary>
    [Option("The largest number of accepted connections, and of those to endpoints that encrypt names. A new one that comes in replaces the oldest that was never answered.", Min = 1, Max = 4096)]
    public int Connections { get; init; } = 256;

    /// <summary>The silence after which a connection is probed.</summary>
    [Option("The silence after which TCP probes a connection; three unanswered probes, 5 s apart, close it.", Min = 1, Max = 7200, Example = "25s")]
    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>The mark of the connections' packets.</summary>
    [Option("The mark of the connections' packets for policy routing and firewalls (SO_MARK). Needs CAP_NET_ADMIN. 0 for none.", Example = "51820")]
    public FirewallMark Fwmark { get; init; } = FirewallMark.None;
}
