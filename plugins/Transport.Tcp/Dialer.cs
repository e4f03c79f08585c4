using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Options;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>
/// Opens a connection, through the proxy where the options name one: every address of a name is tried in turn. It waits, so it runs on a
/// thread of its own. (Asynchronous calls would leave the socket with the runtime's own epoll, which would wake up for every packet.)
/// </summary>
[SupportedOSPlatform("linux")]
internal static class Dialer
{
    private static readonly TimeSpan AddressLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProxyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns a connected socket that does not block.</summary>
    /// <exception cref="SocketException">There is no such host, or no address answers.</exception>
    /// <exception cref="IOException">The proxy refuses.</exception>
    /// <exception cref="OperationCanceledException">The pipeline closes.</exception>
    public static Socket Connect(HostEndpoint target, TcpOptions options, CancellationToken cancellation)
    {
        var host = options.Proxy?.Host ?? target;
        var addresses = host.Address is { } literal ? [literal.Address] : Dns.GetHostAddresses(host.Host);
        SocketException failure = new((int)SocketError.HostNotFound);
        foreach (var address in addresses)
        {
            try
            {
                return Connect(new IPEndPoint(address, host.Port), target, options, cancellation);
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw failure;
    }

    private static Socket Connect(IPEndPoint address, HostEndpoint target, TcpOptions options, CancellationToken cancellation)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SocketSetup.Apply(socket, options);
            Connect(socket, address, cancellation);
            if (options.Proxy is not null)
            {
                PassProxy(socket, target, cancellation);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Connect(Socket socket, IPEndPoint address, CancellationToken cancellation)
    {
        try
        {
            socket.Connect(address);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            Wait(socket, SelectMode.SelectWrite, AddressLimit, cancellation);
            var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != 0)
            {
                throw new SocketException(error);
            }
        }
    }

    private static void PassProxy(Socket socket, HostEndpoint target, CancellationToken cancellation)
    {
        socket.Send(ProxyTunnel.Request(target));

        // One byte at a time: whatever follows the header belongs to the tunnel.
        var response = new byte[ProxyTunnel.MaxResponse];
        for (var length = 1; ; length++)
        {
            Wait(socket, SelectMode.SelectRead, ProxyLimit, cancellation);
            if (socket.Receive(response, length - 1, 1, SocketFlags.None) == 0)
            {
                throw new IOException("the proxy closed the connection");
            }

            if (ProxyTunnel.TryRead(response.AsSpan(0, length), out _, out var error))
            {
                if (error is not null)
                {
                    throw new IOException($"the proxy refuses: {error}");
                }

                return;
            }
        }
    }

    private static void Wait(Socket socket, SelectMode mode, TimeSpan limit, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; !socket.Poll(Slice, mode); waited += Slice)
        {
            cancellation.ThrowIfCancellationRequested();
            if (waited >= limit)
            {
                throw new SocketException((int)SocketError.TimedOut);
            }
        }
    }
}
