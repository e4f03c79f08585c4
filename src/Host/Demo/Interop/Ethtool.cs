using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Host.Demo.Interop;

/// <summary><c>linux/ethtool.h</c> over <c>SIOCETHTOOL</c> (<c>linux/sockios.h</c>): what a device does in place of the kernel.</summary>
internal static partial class Ethtool
{
    public const uint ETHTOOL_STXCSUM = 0x17;

    private const nuint SIOCETHTOOL = 0x8946;
    private const int IFNAMSIZ = 16;

    /// <summary>Sets one on/off feature of a device in the namespace that the socket belongs to.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static unsafe void Set(Socket socket, string device, uint command, bool on)
    {
        var value = new ethtool_value { cmd = command, data = on ? 1u : 0u };
        var request = new ifreq { ifr_data = (nint)(&value) };
        Encoding.ASCII.GetBytes(device, ((Span<byte>)request.ifr_name)[..(IFNAMSIZ - 1)]);

        // Safe: both structures are on this thread's stack until the call has returned, and the kernel writes only within them.
        if (ioctl(socket.SafeHandle, SIOCETHTOOL, &request) != 0)
        {
            throw new IOException($"ethtool {device}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(SafeSocketHandle fd, nuint request, ifreq* argument);

    [StructLayout(LayoutKind.Sequential)]
    private struct ethtool_value
    {
        public uint cmd;
        public uint data;
    }

#pragma warning disable CS8981 // The name in C.
    [StructLayout(LayoutKind.Sequential)]
    private struct ifreq
    {
        public Name ifr_name;
        public nint ifr_data;
        private readonly nint _rest1;
        private readonly nint _rest2;
    }
#pragma warning restore CS8981

    [InlineArray(IFNAMSIZ)]
    private struct Name
    {
        private byte _element0;
    }
}
