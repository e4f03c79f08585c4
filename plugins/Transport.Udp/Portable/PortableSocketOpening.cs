using System.Net;
using System.Net.Sockets;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>
/// Opens, sets up and binds a socket of the base library; what the system refuses becomes words and a remedy. Don't Fragment stays off:
/// nobody here follows the path MTU, so a datagram that a path does not carry whole had better arrive in pieces than never.
/// </summary>
internal static class PortableSocketOpening
{
    private const int SendTimeoutMilliseconds = 100;

    /// <summary>The whole of the plain twin, bound.</summary>
    public static IDatagramSocket OpenPlain(UdpOptions options, IEndpointContext context, UdpCounters counters, InboundGate gate)
    {
        var socket = Open(options);
        try
        {
            var waker = new SelfWaker((IPEndPoint)socket.LocalEndPoint!);
            var sender = new PortableSender(socket, counters, new RefusalLog(context.Logger, context.Time));
            return new PolledDatagramSocket(socket, waker, sender, new PortableReceiver(socket, waker, gate, counters));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A bound socket; an IPv6 one serves both families.</summary>
    public static Socket Open(UdpOptions options)
    {
        var local = options.Listen;
        Socket? socket = null;
        try
        {
            socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            SetUp(socket, options);
            socket.Bind(local);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => StartErrors.PortInUse(local),
                SocketError.AddressNotAvailable => StartErrors.AddressNotHere(local),
                SocketError.AccessDenied => StartErrors.NoRights(local),
                SocketError.AddressFamilyNotSupported => StartErrors.NoFamily(local),
                _ => StartErrors.Other($"bind to {local}", e.Message),
            };
        }
    }

    private static void SetUp(Socket socket, UdpOptions options)
    {
        if (options.Listen.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        socket.SendBufferSize = options.SocketBufferBytes;
        socket.ReceiveBufferSize = options.SocketBufferBytes;
        socket.SendTimeout = SendTimeoutMilliseconds;
    }
}
