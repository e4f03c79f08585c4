using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>sys/eventfd.h</c></summary>
internal static partial class EventFd
{
    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    [LibraryImport("libc", SetLastError = true)]
    public static partial FileDescriptor eventfd(uint initval, int flags);
}
