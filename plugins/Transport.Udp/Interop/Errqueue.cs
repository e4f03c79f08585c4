using System.Runtime.InteropServices;

namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>Linux <c>linux/errqueue.h</c>: what a socket's error queue says about a datagram that it sent.</summary>
internal static class Errqueue
{
    public const byte SO_EE_ORIGIN_LOCAL = 1;
    public const byte SO_EE_ORIGIN_ICMP = 2;
    public const byte SO_EE_ORIGIN_ICMP6 = 3;

    [StructLayout(LayoutKind.Sequential)]
    public struct sock_extended_err
    {
        public uint ee_errno;
        public byte ee_origin;
        public byte ee_type;
        public byte ee_code;
        public byte ee_pad;

        /// <summary>With EMSGSIZE: the MTU.</summary>
        public uint ee_info;
        public uint ee_data;
    }
}
