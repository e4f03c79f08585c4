using System.Net;
using System.Net.Sockets;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>Sends one datagram at a time.</summary>
internal sealed class PortableSender(Socket socket, UdpCounters counters, RefusalLog refusals) : IDatagramSender
{
    private readonly bool _ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
    private readonly SocketAddress _target = new(socket.AddressFamily);

    public string Offload => "none";

    public void Send(PacketBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped)
            {
                SendOne(packet);
            }
        }
    }

    public void Dispose()
    {
        // The socket is the owner's; there is nothing else.
    }

    private void SendOne(Packet packet)
    {
        var endpoint = packet.Endpoint;
        if (!SocketAddressBytes.Reaches(_ipv6, endpoint))
        {
            packet.Drop(counters.WrongFamily);
            return;
        }

        SocketAddressBytes.Write(_target.Buffer.Span, _ipv6, endpoint);
        try
        {
            counters.SendCalls.Increment();
            socket.SendTo(packet.Data, SocketFlags.None, _target);
        }
        catch (SocketException e)
        {
            packet.Drop(counters.For(SocketErrors.Classify(e.SocketErrorCode)));
            refusals.Note(packet.Length, endpoint, e.SocketErrorCode);
        }
    }
}
