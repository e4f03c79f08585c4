using System.Net;
using System.Net.Sockets;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>
/// Wakes a thread that waits for a socket, with nothing but sockets: an empty datagram from a socket of its own on this machine. The
/// receiver knows it by its source. <see cref="Set"/> from any thread.
/// </summary>
internal sealed class SelfWaker : IDisposable
{
    private readonly Socket _socket;
    private readonly SocketAddress _target;
    private readonly DatagramEndpoint _source;
    private int _pending;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="bound">Where the socket to wake is bound, port included.</param>
    public SelfWaker(IPEndPoint bound)
    {
        var ipv6 = bound.AddressFamily == AddressFamily.InterNetworkV6;
        var loopback = ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        var address = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any) ? loopback : bound.Address;
        _target = new IPEndPoint(address, bound.Port).Serialize();
        _socket = new Socket(bound.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Bind(new IPEndPoint(address, 0));
            _source = DatagramEndpoint.From((IPEndPoint)_socket.LocalEndPoint!);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends it, unless one is on its way.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0)
        {
            _socket.SendTo([], SocketFlags.None, _target);
        }
    }

    /// <summary>Whether a received datagram is the wake-up, which is consumed.</summary>
    public bool Recognises(in DatagramEndpoint source, int length)
    {
        if (length != 0 || source != _source)
        {
            return false;
        }

        Volatile.Write(ref _pending, 0);
        return true;
    }

    public void Dispose() => _socket.Dispose();
}
