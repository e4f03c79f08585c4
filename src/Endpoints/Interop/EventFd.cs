using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Endpoints.Interop;

/// <summary>Linux <c>sys/eventfd.h</c>, with the two calls of <c>unistd.h</c> that use one.</summary>
internal static unsafe partial class EventFd
{
    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd(uint initval, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(SafeFileHandle fd, ulong* buf, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(SafeFileHandle fd, ulong* buf, nuint count);
}
