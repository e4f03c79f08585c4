using System.Net.Sockets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>Opens, sets up and binds a socket of the base library; what the system refuses becomes words and a remedy.</summary>
internal static class PortableSocketOpening
{
    private const int SendTimeoutMilliseconds = 100;

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
        else
        {
            // Don't Fragment: what the path does not carry is refused here. A dual-stack socket has no such option everywhere.
            socket.DontFragment = true;
        }

        socket.SendBufferSize = options.SocketBufferBytes;
        socket.ReceiveBufferSize = options.SocketBufferBytes;
        socket.SendTimeout = SendTimeoutMilliseconds;
    }
}
