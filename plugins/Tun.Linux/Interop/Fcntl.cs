using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>fcntl.h</c></summary>
internal static partial class Fcntl
{
    public const int O_RDWR = 0x2;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial FileDescriptor open(string pathname, int flags);
}
