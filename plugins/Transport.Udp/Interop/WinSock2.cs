using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>
/// Windows <c>winsock2.h</c>, <c>ws2def.h</c>, <c>ws2ipdef.h</c> and <c>mswsock.h</c>, 64-bit layouts. Every call sets the last
/// P/Invoke error; a socket's is the one that <c>WSAGetLastError</c> gives.
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WinSock2
{
    public const ushort AF_INET = 2;
    public const ushort AF_INET6 = 23;
    public const int IPPROTO_UDP = 17;

    /// <summary>Since Windows 10 2004: one send is cut into datagrams of this size (<c>DWORD</c>, as option or control message).</summary>
    public const int UDP_SEND_MSG_SIZE = 2;

    /// <summary>Since Windows 10 2004: the most bytes of coalesced datagrams that one receive delivers (<c>DWORD</c> option).</summary>
    public const int UDP_RECV_MAX_COALESCED_SIZE = 3;

    /// <summary>The control message with the size of each coalesced datagram (<c>DWORD</c>).</summary>
    public const int UDP_COALESCED_INFO = 3;

    /// <summary><c>_WSAIOW(IOC_VENDOR, 12)</c>: whether an ICMP port unreachable makes a later receive fail.</summary>
    public const int SIO_UDP_CONNRESET = unchecked((int)0x9800000C);

    /// <summary><c>_WSAIORW(IOC_WS2, 6)</c>.</summary>
    public const uint SIO_GET_EXTENSION_FUNCTION_POINTER = 0xC8000006;

    public const uint MSG_TRUNC = 0x0100;

    /// <summary>Room for a <c>SOCKADDR_IN</c> (16 bytes) or a <c>SOCKADDR_IN6</c> (28 bytes), aligned.</summary>
    public const int SockaddrSpace = 32;

    /// <summary><c>WSAID_WSARECVMSG</c>: the function is reached through <see cref="WSAIoctl"/> only.</summary>
    public static readonly Guid WSAID_WSARECVMSG = new("f689d7c8-6f1f-436b-8a53-e54fe351c322");

    [LibraryImport("ws2_32.dll", SetLastError = true)]
    public static partial int WSASendMsg(
        SafeHandle socket, WSAMSG* message, uint flags, uint* sent, void* overlapped, void* completion);

    [LibraryImport("ws2_32.dll", SetLastError = true)]
    public static partial int WSAIoctl(
        SafeHandle socket, uint code, void* input, uint inputLength, void* output, uint outputLength, uint* returned, void* overlapped,
        void* completion);

    [StructLayout(LayoutKind.Sequential)]
    public struct WSABUF
    {
        public uint len;
        public byte* buf;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct WSAMSG
    {
        public byte* name;
        public int namelen;
        public WSABUF* lpBuffers;
        public uint dwBufferCount;
        public WSABUF Control;
        public uint dwFlags;
    }

    /// <summary>The header of one control message; its data follows at <see cref="DataOffset"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct WSACMSGHDR
    {
        /// <summary><c>WSA_CMSG_DATA</c>, counted from the header.</summary>
        public const int DataOffset = 16;

        /// <summary><c>WSA_CMSG_SPACE</c> of a <c>DWORD</c>.</summary>
        public const int SpaceOfDword = DataOffset + 8;

        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;
    }
}
