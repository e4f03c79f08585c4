using System.Runtime.InteropServices;

namespace Culvert.Endpoints.Interop;

/// <summary>Linux <c>poll.h</c></summary>
internal static unsafe partial class Poll
{
    public const short POLLIN = 0x1;

    /// <summary>For <c>timeout</c>: as long as it takes.</summary>
    public const int Forever = -1;

    /// <summary>For <c>timeout</c>: it only looks.</summary>
    public const int NotAtAll = 0;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(PollFd* fds, nuint nfds, int timeout);

    /// <summary><c>struct pollfd</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
