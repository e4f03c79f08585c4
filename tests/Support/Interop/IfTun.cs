using System.Runtime.InteropServices;

namespace Culvert.Tests.Support.Interop;

/// <summary><c>linux/if_tun.h</c>, with <c>struct ifreq</c> of <c>net/if.h</c>: what makes a TUN device.</summary>
internal static unsafe partial class IfTun
{
    /// <summary>IP packets, no frames.</summary>
    public const short IFF_TUN = 0x0001;

    /// <summary>Nothing in front of a packet.</summary>
    public const short IFF_NO_PI = 0x1000;

    /// <summary>Ties a descriptor of <c>/dev/net/tun</c> to a device: _IOW('T', 202, int).</summary>
    public const nuint TUNSETIFF = 0x400454CA;

    private const int IFNAMSIZ = 16;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(SafeHandle fd, nuint request, Request* argument);

    /// <summary>The part of <c>struct ifreq</c> that TUNSETIFF reads, at the size of the whole.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    public struct Request
    {
        public fixed byte Name[IFNAMSIZ];
        public short Flags;
    }
}
