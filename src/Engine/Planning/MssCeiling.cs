using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>The TCP Maximum Segment Size that an MTU allows: RFC 9293 section 3.7.1, the MTU less the fixed IP and TCP headers.</summary>
internal static class MssCeiling
{
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;
    private const int TcpHeader = 20;

    /// <summary>Over IPv4; null where the packets are not IP packets, 0 where not one byte fits.</summary>
    public static int? Ipv4(PacketKind kind, int mtu) => Fit(kind, mtu, Ipv4Header + TcpHeader);

    /// <summary>Over IPv6; null where the packets are not IP packets, 0 where not one byte fits.</summary>
    public static int? Ipv6(PacketKind kind, int mtu) => Fit(kind, mtu, Ipv6Header + TcpHeader);

    private static int? Fit(PacketKind kind, int mtu, int headers) => kind == PacketKind.Ip ? Math.Max(0, mtu - headers) : null;
}
