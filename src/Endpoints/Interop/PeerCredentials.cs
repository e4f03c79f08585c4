using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Culvert.Endpoints.Interop;

/// <summary>Linux <c>sys/socket.h</c>: the process at the other end of a Unix socket.</summary>
internal static class PeerCredentials
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;

    /// <summary>Reads the user that the other end had when it connected, or began to listen.</summary>
    /// <exception cref="SocketException">The socket is not connected.</exception>
    public static uint ReadUser(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[sizeof(int) * 3];
        socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, credentials);
        return MemoryMarshal.Read<uint>(credentials[sizeof(int)..]);
    }
}
