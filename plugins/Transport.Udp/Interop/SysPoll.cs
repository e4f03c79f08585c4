using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>Linux <c>poll.h</c>.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class SysPoll
{
    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(pollfd* fds, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    public struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
