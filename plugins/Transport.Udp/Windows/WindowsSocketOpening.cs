using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Plugins.Transport.Udp.Portable;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp.Windows;

/// <summary>Opens a socket on Windows, with send and receive offload where the system has them and the plain path where not.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsSocketOpening
{
    public static IDatagramSocket Open(UdpOptions options, IEndpointContext context, UdpCounters counters, InboundGate gate)
    {
        var socket = PortableSocketOpening.Open(options);
        try
        {
            IgnoreResets(socket);
            var waker = new SelfWaker((IPEndPoint)socket.LocalEndPoint!);
            var refusals = new RefusalLog(context.Logger, context.Time);
            var sender = new WindowsSender(socket, options.Offload.Sends && Segments(socket), counters, refusals);
            var coalesces = options.Offload.Receives && Coalesces(socket);
            var receiver = new WindowsReceiver(socket, waker, coalesces, context.Room, gate, counters);
            return new PolledDatagramSocket(socket, waker, sender, receiver);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Without this, an ICMP port unreachable from one peer (it has not started yet, say) fails the next receive, whoever sent what is
    /// received (learn.microsoft.com/windows/win32/winsock/winsock-ioctls, SIO_UDP_CONNRESET).
    /// </summary>
    private static void IgnoreResets(Socket socket)
    {
        try
        {
            socket.IOControl(WinSock2.SIO_UDP_CONNRESET, BitConverter.GetBytes(0), null);
        }
        catch (SocketException)
        {
            // A system that does not know it: resets are counted as passing errors all the same.
        }
    }

    /// <summary>Whether the system supports the option; 0 leaves sends as they are, each with a size of its own.</summary>
    private static bool Segments(Socket socket) => Knows(socket, WinSock2.UDP_SEND_MSG_SIZE, 0);

    private static bool Coalesces(Socket socket) => Knows(socket, WinSock2.UDP_RECV_MAX_COALESCED_SIZE, ReceiveBuffers.Size - 1);

    private static bool Knows(Socket socket, int option, int value)
    {
        try
        {
            socket.SetRawSocketOption(WinSock2.IPPROTO_UDP, option, BitConverter.GetBytes(value));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
