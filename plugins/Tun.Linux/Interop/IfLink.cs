namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>linux/if_link.h</c></summary>
internal static class IfLink
{
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFLA_TXQLEN = 13;
    public const ushort IFLA_AF_SPEC = 26;
    public const ushort IFLA_TARGET_NETNSID = 46;
    public const ushort IFLA_INET6_ADDR_GEN_MODE = 8;
    public const byte IN6_ADDR_GEN_MODE_NONE = 1;
}
