using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Culvert.Host.Demo;

/// <summary>
/// Watches what comes from a device inside a network namespace: packet(7), AF_PACKET with SOCK_DGRAM, so that packets begin with their IP
/// header whatever the device. The kernel keeps what was not read yet, some hundred packets. Not thread-safe.
/// </summary>
internal sealed class PacketCapture(Socket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[ushort.MaxValue + 1];

    /// <summary>The IPv4 packets that were read.</summary>
    public List<byte[]> Packets { get; } = [];

    /// <summary>Begins to watch a device.</summary>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static PacketCapture Open(NetworkNamespace space, string device) => space.Run(() =>
    {
        var found = NetworkInterface.GetAllNetworkInterfaces().Single(candidate => candidate.Name == device);
        var socket = new Socket(AddressFamily.Packet, SocketType.Dgram, 0);
        socket.Bind(new LinkLayerEndPoint(found.GetIPProperties().GetIPv4Properties().Index));
        return new PacketCapture(socket);
    });

    /// <summary>Reads what came since the last call. Does not wait.</summary>
    public void Read()
    {
        while (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            Packets.Add(_buffer[..socket.Receive(_buffer)]);
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary><c>struct sockaddr_ll</c> of packet(7), for IPv4 from one device.</summary>
    private sealed class LinkLayerEndPoint(int device) : EndPoint
    {
        private const int Size = 20;
        private const int ProtocolOffset = 2;
        private const int DeviceOffset = 4;
        private const byte Ipv4Type = 8;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, Size) { [ProtocolOffset] = Ipv4Type };
            BitConverter.GetBytes(device).CopyTo(address.Buffer.Span[DeviceOffset..]);
            return address;
        }
    }
}
