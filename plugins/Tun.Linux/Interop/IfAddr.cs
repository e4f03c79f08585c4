using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>linux/if_addr.h</c></summary>
internal static class IfAddr
{
    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;

    /// <summary>Use an IPv6 address at once: nobody else is on a tunnel whom duplicate detection could ask.</summary>
    public const byte IFA_F_NODAD = 0x02;

    /// <summary><c>struct ifaddrmsg</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AddressBody
    {
        public byte ifa_family;
        public byte ifa_prefixlen;
        public byte ifa_flags;
        public byte ifa_scope;
        public uint ifa_index;
    }
}
