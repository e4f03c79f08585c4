using System.Net;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>Receives one datagram at a time, and copies it into the filler.</summary>
internal sealed class PortableReceiver(Socket socket, SelfWaker waker, InboundGate gate, UdpCounters counters) : IDatagramReceiver
{
    private readonly bool _ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
    private readonly SocketAddress _source = new(socket.AddressFamily);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReceiveBuffers.Size, pinned: true);

    public string Offload => "none";

    public void Begin(PacketFiller filler)
    {
        // Nothing is ever left over: a datagram is received only while the batch has room.
    }

    public bool ReceiveOne(PacketFiller filler)
    {
        int length;
        try
        {
            length = socket.ReceiveFrom(_buffer, SocketFlags.None, _source);
            counters.ReceiveCalls.Increment();
        }
        catch (SocketException e) when (SocketErrors.IsPassing(e.SocketErrorCode))
        {
            counters.Refused.Increment();
            return true;
        }
        catch (SocketException e)
        {
            throw new EndpointLostException($"UDP {socket.LocalEndPoint}: {e.Message}", e);
        }

        var source = SocketAddressBytes.Read(_source.Buffer.Span, _ipv6);
        if (waker.Recognises(source, length))
        {
            return false;
        }

        if (gate.AdmitsSource(filler, source, 1) && gate.AdmitsLength(filler, length))
        {
            AddCopy(filler, length, source);
        }

        return true;
    }

    public void Dispose()
    {
        // The socket is the owner's; there is nothing else.
    }

    private void AddCopy(PacketFiller filler, int length, in DatagramEndpoint source)
    {
        if (length > filler.Room.Size)
        {
            filler.Refuse(counters.Oversized);
            return;
        }

        // Copied, because the slot is smaller than the largest datagram: receiving into it would cut what does not fit.
        var packet = filler.Add(length);
        _buffer.AsSpan(0, length).CopyTo(packet.Data);
        packet.Endpoint = source;
    }
}
