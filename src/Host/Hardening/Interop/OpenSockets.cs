using System.Runtime.InteropServices;

namespace Culvert.Host.Hardening.Interop;

/// <summary>Linux <c>sys/socket.h</c> and <c>net/if.h</c>: questions about open descriptors and devices.</summary>
internal static unsafe partial class OpenSockets
{
    public const int SOL_SOCKET = 1;
    public const int SO_MARK = 36;
    public const ushort AF_INET = 2;
    public const ushort AF_INET6 = 10;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockname(int sockfd, byte* addr, uint* addrlen);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockopt(int sockfd, int level, int optname, uint* optval, uint* optlen);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint if_nametoindex(string ifname);
}
