using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>sys/uio.h</c>: gather lists.</summary>
internal static unsafe partial class Uio
{
    /// <summary>The most entries that one call takes.</summary>
    public const int IOV_MAX = 1024;

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint writev(int fd, IoVec* iov, int iovcnt);

    /// <summary><c>struct iovec</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVec
    {
        public void* iov_base;
        public nuint iov_len;
    }
}
