using System.Net;
using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>One handshake message on the internet between the sites.</summary>
internal sealed record HandshakeMessage(string Name, int Bytes, IPAddress From, IPAddress To);

/// <summary>The traffic on the internet between the sites: WireGuard's messages and nothing else.</summary>
internal sealed class WanTraffic
{
    private const byte Initiation = 1;
    private const byte Response = 2;
    private const byte Transport = 4;
    private const int InitiationBytes = 148;
    private const int ResponseBytes = 92;

    /// <summary>The first handshake initiation, or null.</summary>
    public HandshakeMessage? FirstInitiation { get; private set; }

    /// <summary>The first response behind it, or null.</summary>
    public HandshakeMessage? FirstResponse { get; private set; }

    /// <summary>Encrypted packets.</summary>
    public int TransportMessages { get; private set; }

    /// <summary>Datagrams in which the text was found.</summary>
    public int Readable { get; private set; }

    /// <summary>Reads a capture of IP packets.</summary>
    /// <param name="packets">In the order in which they were seen.</param>
    /// <param name="secret">A text that was sent through the tunnel.</param>
    public static WanTraffic Of(IEnumerable<CapturedPacket> packets, ReadOnlySpan<byte> secret)
    {
        var traffic = new WanTraffic();
        foreach (var packet in packets)
        {
            if (IpView.TryParse(packet.Bytes, out var ip) && ip.Protocol == IpProtocol.Udp && UdpView.TryParse(ip.Transport, out var udp))
            {
                traffic.Note(ip.SourceAddress.ToIPAddress(), ip.DestinationAddress.ToIPAddress(), udp.Payload, secret);
            }
        }

        return traffic;
    }

    /// <summary>Takes note of one datagram, in the order in which they are seen.</summary>
    /// <param name="from">Who sent it.</param>
    /// <param name="to">To whom.</param>
    /// <param name="message">Its payload.</param>
    /// <param name="secret">A text that is sent through the tunnel.</param>
    public void Note(IPAddress from, IPAddress to, ReadOnlySpan<byte> message, ReadOnlySpan<byte> secret)
    {
        if (message.IndexOf(secret) >= 0)
        {
            Readable++;
        }

        switch (message.IsEmpty ? 0 : message[0], message.Length)
        {
            case (Initiation, InitiationBytes):
                FirstInitiation ??= new HandshakeMessage("initiation", message.Length, from, to);
                break;
            case (Response, ResponseBytes) when FirstInitiation is not null:
                FirstResponse ??= new HandshakeMessage("response", message.Length, from, to);
                break;
            case (Transport, _):
                TransportMessages++;
                break;
        }
    }
}
