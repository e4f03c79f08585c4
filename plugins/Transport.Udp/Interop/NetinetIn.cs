namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>Linux <c>bits/in.h</c>: the options of the IP levels that a datagram socket uses.</summary>
internal static class NetinetIn
{
    public const int IPPROTO_IP = 0;
    public const int IP_TOS = 1;
    public const int IP_PKTINFO = 8;
    public const int IP_MTU_DISCOVER = 10;
    public const int IP_RECVERR = 11;
    public const int IP_RECVTOS = 13;
    public const int IP_MTU = 14;

    /// <summary>Never set Don't Fragment; the kernel fragments what exceeds the path MTU that it knows, and so may a router.</summary>
    public const int IP_PMTUDISC_DONT = 0;

    /// <summary>Always set Don't Fragment, but refuse only what exceeds the device's own MTU: what ICMP said does not count.</summary>
    public const int IP_PMTUDISC_PROBE = 3;

    public const int IPPROTO_IPV6 = 41;
    public const int IPV6_MTU_DISCOVER = 23;
    public const int IPV6_MTU = 24;
    public const int IPV6_RECVERR = 25;
    public const int IPV6_V6ONLY = 26;
    public const int IPV6_RECVPKTINFO = 49;
    public const int IPV6_PKTINFO = 50;
    public const int IPV6_RECVTCLASS = 66;
    public const int IPV6_TCLASS = 67;

    /// <inheritdoc cref="IP_PMTUDISC_DONT"/>
    public const int IPV6_PMTUDISC_DONT = 0;

    /// <inheritdoc cref="IP_PMTUDISC_PROBE"/>
    public const int IPV6_PMTUDISC_PROBE = 3;
}
