using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>Linux <c>sys/eventfd.h</c>, with the two calls of <c>unistd.h</c> that use one.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class SysEventfd
{
    public const int EFD_NONBLOCK = 0x800;
    public const int EFD_CLOEXEC = 0x80000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(SocketHandle fd, ulong* value, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(SocketHandle fd, ulong* value, nuint length);
}
