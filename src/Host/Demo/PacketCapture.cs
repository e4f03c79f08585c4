using System.Net.Sockets;
using System.Net;

namespace Culvert.Host.Demo;

/// <summary>One packet as a device carried it, from its IP header on.</summary>
/// <param name="IsOutgoing">True when the kernel sent it through the device, false when it came from there.</param>
/// <param name="Bytes">The packet.</param>
internal sealed record CapturedPacket(bool IsOutgoing, byte[] Bytes);

/// <summary>
/// Watches a device inside a network namespace, as tcpdump does: packet(7), AF_PACKET with SOCK_DGRAM, so that packets begin with their
/// IP header whatever the device. Keeps what it saw, up to a bound.
/// </summary>
internal sealed class PacketCapture : IDisposable
{
    private const int MaxPackets = 50_000;
    private const int MaxPacketBytes = 65_536;
    private const int ReceiveBufferBytes = 8 << 20;
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket;
    private readonly Thread _reader;
    private readonly List<CapturedPacket> _packets = [];
    private volatile bool _closed;

    private PacketCapture(Socket socket)
    {
        _socket = socket;
        _reader = new Thread(Read) { IsBackground = true, Name = "capture" };
        _reader.Start();
    }

    /// <summary>The packets seen so far.</summary>
    public IReadOnlyList<CapturedPacket> Packets
    {
        get { lock (_packets) { return [.. _packets]; } }
    }

    /// <summary>Begins to watch a device.</summary>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static PacketCapture Open(NetworkNamespace space, string device) => space.Run(() =>
    {
        var index = space.FindDevice(device);
        var socket = new Socket(AddressFamily.Packet, SocketType.Dgram, 0) { ReceiveBufferSize = ReceiveBufferBytes };
        socket.Bind(LinkLayerEndPoint.Every(index));
        return new PacketCapture(socket);
    });

    /// <summary>Stops watching; the packets stay.</summary>
    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _reader.Join();
            _socket.Dispose();
        }
    }

    private void Read()
    {
        var buffer = new byte[MaxPacketBytes];
        while (true)
        {
            // A look now and then, because closing a socket under a blocked reader takes the base library a second. What the kernel holds
            // already is read to its end.
            if (!_socket.Poll(_closed ? TimeSpan.Zero : _look, SelectMode.SelectRead))
            {
                if (_closed)
                {
                    return;
                }

                continue;
            }

            var from = LinkLayerEndPoint.NewAddress();
            int length;
            try
            {
                length = _socket.ReceiveFrom(buffer, SocketFlags.None, from);
            }
            catch (SocketException)
            {
                // The device went: what was seen stays.
                return;
            }

            var packet = new CapturedPacket(LinkLayerEndPoint.IsOutgoing(from), buffer[..length]);
            lock (_packets)
            {
                if (_packets.Count == MaxPackets)
                {
                    return;
                }

                _packets.Add(packet);
            }
        }
    }

    /// <summary><c>struct sockaddr_ll</c> of packet(7).</summary>
    private sealed class LinkLayerEndPoint(SocketAddress address) : EndPoint
    {
        private const int Size = 20;
        private const int ProtocolOffset = 2;
        private const int DeviceOffset = 4;
        private const int PacketTypeOffset = 10;
        private const byte EthPAll = 3;
        private const byte PacketOutgoing = 4;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public static LinkLayerEndPoint Every(int device)
        {
            var address = new SocketAddress(AddressFamily.Packet, Size);
            address[ProtocolOffset + 1] = EthPAll;
            BitConverter.GetBytes(device).CopyTo(address.Buffer.Span[DeviceOffset..]);
            return new LinkLayerEndPoint(address);
        }

        // The base library asks for room for an address of any family.
        public static SocketAddress NewAddress() => new(AddressFamily.Packet, 128);

        public static bool IsOutgoing(SocketAddress from) => from[PacketTypeOffset] == PacketOutgoing;

        public override SocketAddress Serialize() => address;
    }
}
