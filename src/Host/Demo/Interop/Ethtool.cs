using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Host.Demo.Interop;

/// <summary><c>linux/ethtool.h</c> over <c>SIOCETHTOOL</c> (<c>linux/sockios.h</c>): what a device does in place of the kernel.</summary>
internal static partial class Ethtool
{
    public const uint ETHTOOL_STXCSUM = 0x17;

    private const nuint SIOCETHTOOL = 0x8946;
    private const int IFNAMSIZ = 16;
    private const int IfreqSize = 40;

    /// <summary>Sets one on/off feature of a device in the namespace that the socket belongs to.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static unsafe void Set(Socket socket, string device, uint command, bool on)
    {
        // struct ethtool_value, and struct ifreq: the device's name and a pointer to the value.
        var value = stackalloc uint[] { command, on ? 1u : 0u };
        var request = stackalloc byte[IfreqSize];
        Encoding.ASCII.GetBytes(device, new Span<byte>(request, IFNAMSIZ - 1));
        *(uint**)(request + IFNAMSIZ) = value;

        // Safe: both structures are on this thread's stack until the call has returned, and the kernel writes only within them.
        if (ioctl(socket.SafeHandle, SIOCETHTOOL, request) != 0)
        {
            throw new IOException($"ethtool {device}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(SafeSocketHandle fd, nuint request, byte* argument);
}
