namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>Linux <c>bits/in.h</c>: the options of the IP levels that a datagram socket uses.</summary>
internal static class NetinetIn
{
    public const int IPPROTO_IP = 0;
    public const int IP_MTU_DISCOVER = 10;
    public const int IP_MTU = 14;

    /// <summary>Always set Don't Fragment, refuse what exceeds the known path MTU with EMSGSIZE.</summary>
    public const int IP_PMTUDISC_DO = 2;

    public const int IPPROTO_IPV6 = 41;
    public const int IPV6_MTU_DISCOVER = 23;
    public const int IPV6_MTU = 24;
    public const int IPV6_V6ONLY = 26;

    public const int IPV6_PMTUDISC_DO = 2;
}
