using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>The options of a connected socket.</summary>
[SupportedOSPlatform("linux")]
internal static class SocketSetup
{
    private const int ProbeIntervalSeconds = 5;
    private const int Probes = 3;

    // asm-generic/socket.h, linux/tcp.h
    private const int SOL_SOCKET = 1;
    private const int SO_MARK = 36;
    private const int SO_MEMINFO = 55;
    private const int SK_MEMINFO_DROPS = 8;
    private const int IPPROTO_TCP = 6;
    private const int TCP_USER_TIMEOUT = 18;
    private const int TCP_NOTSENT_LOWAT = 25;

    // What was sent and is not acknowledged for so long ends the connection; the default of the system is a quarter of an hour.
    private static readonly TimeSpan AcknowledgementLimit = TimeSpan.FromSeconds(30);

    /// <summary>Marks the packets of a socket, before it connects or listens. A socket without a mark needs no right to have none.</summary>
    /// <exception cref="SocketException">CAP_NET_ADMIN is missing.</exception>
    public static void Mark(Socket socket, uint mark)
    {
        if (mark != 0)
        {
            socket.SetRawSocketOption(SOL_SOCKET, SO_MARK, BitConverter.GetBytes(mark));
        }
    }

    /// <summary>Returns how many connections the system dropped at a listening socket, as its backlog was full; 0 before Linux 4.12.</summary>
    public static uint Drops(Socket listener)
    {
        Span<uint> numbers = stackalloc uint[SK_MEMINFO_DROPS + 1];
        numbers.Clear();
        try
        {
            listener.GetRawSocketOption(SOL_SOCKET, SO_MEMINFO, MemoryMarshal.AsBytes(numbers));
        }
        catch (SocketException)
        {
            // An old kernel.
        }

        return numbers[SK_MEMINFO_DROPS];
    }

    /// <summary>No waiting for fuller segments, probes in silence, and no more unsent bytes in the system than in the queue.</summary>
    public static void Apply(Socket socket, TcpOptions options)
    {
        Mark(socket, options.Fwmark.Value);
        socket.Blocking = false;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)options.Keepalive.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        socket.SetRawSocketOption(IPPROTO_TCP, TCP_USER_TIMEOUT, BitConverter.GetBytes((int)AcknowledgementLimit.TotalMilliseconds));
        socket.SetRawSocketOption(IPPROTO_TCP, TCP_NOTSENT_LOWAT, BitConverter.GetBytes((int)options.Queue.Bytes));
    }
}
