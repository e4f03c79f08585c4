using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>sys/ioctl.h</c></summary>
internal static unsafe partial class Ioctl
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(FileDescriptor fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(FileDescriptor fd, nuint request, nuint argument);
}
