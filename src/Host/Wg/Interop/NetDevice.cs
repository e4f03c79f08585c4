using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Host.Wg.Interop;

/// <summary>Linux <c>net/if.h</c> and <c>sys/ioctl.h</c>: the MTU of a device.</summary>
internal static unsafe partial class NetDevice
{
    private const int AF_INET = 2;
    private const int SOCK_DGRAM = 2;
    private const nuint SIOCSIFMTU = 0x8922;
    private const int IFNAMSIZ = 16;

    /// <summary>Sets a device's MTU.</summary>
    /// <returns>0, or the errno.</returns>
    public static int SetMtu(string device, int mtu)
    {
        var fd = socket(AF_INET, SOCK_DGRAM, 0);
        if (fd < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        var request = new IfRequest { ifr_mtu = mtu };
        Encoding.UTF8.GetBytes(device, new Span<byte>(request.ifr_name, IFNAMSIZ - 1));
        var errno = ioctl(fd, SIOCSIFMTU, &request) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = close(fd);
        return errno;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, IfRequest* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    /// <summary><c>struct ifreq</c>, with the member of its union that is used here.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IfRequest
    {
        public fixed byte ifr_name[IFNAMSIZ];
        public int ifr_mtu;
        public fixed byte rest[20];
    }
}
