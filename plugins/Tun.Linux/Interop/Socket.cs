using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>sys/socket.h</c>, as netlink needs it.</summary>
internal static unsafe partial class Socket
{
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_NETLINK = 16;
    public const int SOCK_RAW = 3;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOL_NETLINK = 270;
    public const int MSG_TRUNC = 0x20;

    [LibraryImport("libc", SetLastError = true)]
    public static partial FileDescriptor socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(FileDescriptor sockfd, void* addr, uint addrlen);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(FileDescriptor sockfd, int level, int optname, void* optval, uint optlen);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(FileDescriptor sockfd, ReadOnlySpan<byte> buf, nuint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(FileDescriptor sockfd, Span<byte> buf, nuint len, int flags);
}
