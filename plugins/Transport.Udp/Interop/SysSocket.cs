using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>
/// Linux <c>sys/socket.h</c> and <c>bits/socket.h</c>, 64-bit little-endian layouts, as glibc and musl both have them. Every call sets
/// the last P/Invoke error to <c>errno</c>.
/// </summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class SysSocket
{
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int SOL_SOCKET = 1;
    public const int SO_SNDBUF = 7;
    public const int SO_RCVBUF = 8;
    public const int SO_REUSEPORT = 15;
    public const int SO_BINDTODEVICE = 25;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_MARK = 36;
    public const int SO_RXQ_OVFL = 40;

    public const int O_CLOEXEC = 0x80000;

    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_ERRQUEUE = 0x2000;

    /// <summary>Room for a <c>sockaddr_in</c> (16 bytes) or a <c>sockaddr_in6</c> (28 bytes), aligned.</summary>
    public const int SockaddrSpace = 32;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(SocketHandle fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int dup3(SocketHandle oldFd, SocketHandle newFd, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(SocketHandle fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockname(SocketHandle fd, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(SocketHandle fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockopt(SocketHandle fd, int level, int name, void* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sendmmsg(SocketHandle fd, mmsghdr* messages, uint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int recvmmsg(SocketHandle fd, mmsghdr* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvmsg(SocketHandle fd, msghdr* message, int flags);

    /// <summary>Sets an option of 4 bytes.</summary>
    /// <returns>0, or the errno.</returns>
    public static int SetOption(SocketHandle fd, int level, int name, int value) =>
        setsockopt(fd, level, name, &value, sizeof(int)) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Reads an option of 4 bytes; null when the system refuses.</summary>
    public static int? GetOption(SocketHandle fd, int level, int name)
    {
        int value;
        uint length = sizeof(int);
        return getsockopt(fd, level, name, &value, &length) == 0 ? value : null;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct iovec
    {
        public void* iov_base;
        public nuint iov_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct msghdr
    {
        public byte* msg_name;
        public uint msg_namelen;
        public iovec* msg_iov;
        public nuint msg_iovlen;
        public byte* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct mmsghdr
    {
        public msghdr msg_hdr;
        public uint msg_len;
    }

    /// <summary>The header of one control message; its data follows at <see cref="DataOffset"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct cmsghdr
    {
        /// <summary><c>CMSG_DATA</c>, counted from the header.</summary>
        public const int DataOffset = 16;

        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;

        /// <summary><c>CMSG_LEN</c>.</summary>
        public static nuint Length(int dataLength) => (nuint)(DataOffset + dataLength);

        /// <summary><c>CMSG_SPACE</c>.</summary>
        public static int Space(int dataLength) => DataOffset + ((dataLength + 7) & ~7);
    }
}
