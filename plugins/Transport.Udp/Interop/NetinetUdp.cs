namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>Linux <c>netinet/udp.h</c>, and the limits of <c>net/ipv4/udp.c</c> that its options have.</summary>
internal static class NetinetUdp
{
    public const int SOL_UDP = 17;

    /// <summary>Since Linux 4.18: one send is cut into datagrams of this size (<c>u16</c> as a control message).</summary>
    public const int UDP_SEGMENT = 103;

    /// <summary>Since Linux 5.0: several datagrams of one flow are received as one (control message: <c>int</c> segment size).</summary>
    public const int UDP_GRO = 104;

    /// <summary>The most segments in one send: 64 until Linux 6.9 doubled it, so 64 serves every kernel.</summary>
    public const int UDP_MAX_SEGMENTS = 64;
}
