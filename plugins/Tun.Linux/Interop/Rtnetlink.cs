using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>linux/rtnetlink.h</c></summary>
internal static class Rtnetlink
{
    public const ushort RTM_NEWLINK = 16;
    public const ushort RTM_DELLINK = 17;
    public const ushort RTM_GETLINK = 18;
    public const ushort RTM_NEWADDR = 20;
    public const ushort RTM_DELADDR = 21;
    public const ushort RTM_GETADDR = 22;
    public const ushort RTM_NEWROUTE = 24;
    public const ushort RTM_DELROUTE = 25;
    public const ushort RTM_GETROUTE = 26;

    public const ushort RTM_NEWNSID = 88;
    public const ushort RTM_GETNSID = 90;

    /// <summary><c>linux/net_namespace.h</c></summary>
    public const ushort NETNSA_NSID = 1;

    /// <inheritdoc cref="NETNSA_NSID"/>
    public const ushort NETNSA_FD = 3;

    public const ushort RTA_DST = 1;
    public const ushort RTA_SRC = 2;
    public const ushort RTA_OIF = 4;
    public const ushort RTA_PRIORITY = 6;
    public const ushort RTA_TABLE = 15;
    public const ushort RTA_MARK = 16;
    public const ushort RTA_IP_PROTO = 27;
    public const ushort RTA_SPORT = 28;
    public const ushort RTA_DPORT = 29;

    public const byte RT_TABLE_MAIN = 254;
    public const byte RTPROT_STATIC = 4;
    public const byte RT_SCOPE_UNIVERSE = 0;
    public const byte RT_SCOPE_LINK = 253;
    public const byte RTN_UNICAST = 1;

    public const byte RTPROT_KERNEL = 2;

    /// <summary>The multicast group that hears of changed devices.</summary>
    public const uint RTMGRP_LINK = 1;

    /// <summary>The multicast groups that hear of changed addresses.</summary>
    public const uint RTMGRP_IPV4_IFADDR = 0x10;

    /// <inheritdoc cref="RTMGRP_IPV4_IFADDR"/>
    public const uint RTMGRP_IPV6_IFADDR = 0x100;

    /// <summary><c>struct ifinfomsg</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LinkBody
    {
        public byte ifi_family;
        public byte ifi_pad;
        public ushort ifi_type;
        public int ifi_index;
        public uint ifi_flags;
        public uint ifi_change;
    }

    /// <summary><c>struct rtgenmsg</c>, with the padding behind it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct GenericBody
    {
        public byte rtgen_family;
        public byte pad1;
        public byte pad2;
        public byte pad3;
    }

    /// <summary><c>struct rtmsg</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RouteBody
    {
        public byte rtm_family;
        public byte rtm_dst_len;
        public byte rtm_src_len;
        public byte rtm_tos;
        public byte rtm_table;
        public byte rtm_protocol;
        public byte rtm_scope;
        public byte rtm_type;
        public uint rtm_flags;
    }
}
