using System.Net;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Engine.Inspection;

/// <summary>
/// Puts the IP and UDP headers in front of a datagram that it had or will have outside, so that other programs read it: addresses and ports are
/// right as far as they are known, the other fields are made up. Not thread-safe.
/// </summary>
internal sealed class OuterHeaders
{
    private const int MaxRemotes = 1024;
    private const int UdpHeader = UdpView.HeaderLength;
    private const int MaxPayload = ushort.MaxValue - UdpHeader;

    private readonly byte[] _packet = new byte[Ipv6View.HeaderLength + ushort.MaxValue];
    private readonly Dictionary<DatagramEndpoint, byte[]> _locals = [];

    /// <summary>The port on this side; 0 for unknown.</summary>
    public int LocalPort { get; set; }

    /// <summary>Builds the whole packet.</summary>
    /// <param name="direction">Which end is the source.</param>
    /// <param name="endpoint">The other end.</param>
    /// <param name="datagram">The payload, or its beginning.</param>
    /// <param name="length">The length of the whole payload.</param>
    /// <returns>The headers, with the datagram behind them.</returns>
    public ReadOnlySpan<byte> Build(Direction direction, in DatagramEndpoint endpoint, ReadOnlySpan<byte> datagram, int length)
    {
        Span<byte> remote = stackalloc byte[Ipv6View.AddressLength];
        var size = Math.Max(Ipv4View.AddressLength, endpoint.WriteAddress(remote));
        remote = remote[..size];
        var local = LocalOf(endpoint, size);
        var (isOutbound, whole) = (direction == Direction.Outbound, Math.Min(length, MaxPayload) + UdpHeader);
        var ip = IpView.Write(_packet, isOutbound ? local : remote, isOutbound ? remote : local, IpProtocol.Udp, whole);
        var udp = ip.Transport[..whole];
        var cut = datagram[..Math.Min(datagram.Length, whole - UdpHeader)];
        cut.CopyTo(udp[UdpHeader..]);
        udp[(UdpHeader + cut.Length)..].Clear();
        var (source, destination) = isOutbound ? (LocalPort, endpoint.Port) : (endpoint.Port, LocalPort);
        UdpView.Write(udp, (ushort)source, (ushort)destination, ip.PseudoHeaderSum());
        return _packet.AsSpan(0, ip.Packet.Length - whole + UdpHeader + cut.Length);
    }

    // Wireshark tells the ends of a session apart by their addresses, and not every datagram has its local one: the last that is known holds.
    private byte[] LocalOf(in DatagramEndpoint endpoint, int size)
    {
        if (!_locals.TryGetValue(endpoint.Remote, out var local))
        {
            if (_locals.Count == MaxRemotes)
            {
                _locals.Clear();
            }

            _locals[endpoint.Remote] = local = RouteTo(endpoint) is { } found && found.Length == size ? found : new byte[size];
        }

        endpoint.WriteLocalAddress(local);
        return local;
    }

    // The address that this host would send from; connecting a UDP socket sends nothing.
    private static byte[]? RouteTo(in DatagramEndpoint endpoint)
    {
        if (endpoint.ToIPEndPoint() is not { } remote)
        {
            return null;
        }

        try
        {
            using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(remote);
            return (socket.LocalEndPoint as IPEndPoint)?.Address.GetAddressBytes();
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
