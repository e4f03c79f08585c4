using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Endpoints.Interop;

/// <summary>Linux <c>sys/epoll.h</c></summary>
internal static unsafe partial class Epoll
{
    public const uint EPOLLIN = 0x1;
    public const uint EPOLLOUT = 0x4;
    public const uint EPOLLERR = 0x8;
    public const uint EPOLLHUP = 0x10;

    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_MOD = 3;
    public const int EPOLL_CLOEXEC = 0x80000;

    /// <summary>The offset of <c>data</c> in <c>struct epoll_event</c>, which is packed on x86-64 only.</summary>
    public static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>The size of <c>struct epoll_event</c>.</summary>
    public static readonly int EventSize = DataOffset + sizeof(long);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_ctl(SafeFileHandle epfd, int op, SafeHandle fd, byte* @event);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_wait(SafeFileHandle epfd, byte* events, int maxevents, int timeout);
}
