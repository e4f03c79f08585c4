using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>linux/netlink.h</c></summary>
internal static class Netlink
{
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_CAP_ACK = 10;
    public const int NETLINK_EXT_ACK = 11;

    public const ushort NLMSG_ERROR = 2;
    public const ushort NLMSG_DONE = 3;

    public const ushort NLM_F_REQUEST = 0x1;
    public const ushort NLM_F_ACK = 0x4;
    public const ushort NLM_F_ACK_TLVS = 0x200;
    public const ushort NLM_F_EXCL = 0x200;
    public const ushort NLM_F_DUMP = 0x300;
    public const ushort NLM_F_CREATE = 0x400;

    /// <summary>In an error's attributes: the kernel's own words.</summary>
    public const ushort NLMSGERR_ATTR_MSG = 1;

    /// <summary>The bits of an attribute's type that say how it is encoded.</summary>
    public const ushort NLA_TYPE_MASK = 0x3FFF;

    /// <summary>Marks an attribute that holds attributes.</summary>
    public const ushort NLA_F_NESTED = 0x8000;

    /// <summary>Messages and attributes start at multiples of this many bytes.</summary>
    public const int Alignment = 4;

    /// <summary><c>struct nlmsghdr</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public uint nlmsg_len;
        public ushort nlmsg_type;
        public ushort nlmsg_flags;
        public uint nlmsg_seq;
        public uint nlmsg_pid;
    }

    /// <summary><c>struct nlattr</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AttributeHeader
    {
        public ushort nla_len;
        public ushort nla_type;
    }

    /// <summary><c>struct sockaddr_nl</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SocketAddress
    {
        public ushort nl_family;
        public ushort nl_pad;
        public uint nl_pid;
        public uint nl_groups;
    }
}
