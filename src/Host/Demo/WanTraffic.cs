using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>One handshake message on the internet between the sites.</summary>
internal sealed record HandshakeMessage(string Name, int Bytes, string From, string To);

/// <summary>What crossed the internet between the sites: WireGuard's messages and nothing else.</summary>
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

    /// <summary>Reads a capture.</summary>
    /// <param name="packets">In the order in which they were seen.</param>
    /// <param name="secret">A text that was sent through the tunnel.</param>
    public static WanTraffic Of(IEnumerable<CapturedPacket> packets, ReadOnlySpan<byte> secret)
    {
        var traffic = new WanTraffic();
        foreach (var packet in packets)
        {
            if (packet.Bytes.AsSpan().IndexOf(secret) >= 0)
            {
                traffic.Readable++;
            }

            if (IpPacket.TryParse(packet.Bytes, out var ip) && ip.Protocol == IpProtocol.Udp && UdpView.TryParse(ip.Transport, out var udp)
                && udp.Payload.Length > 0)
            {
                traffic.Note(ip, udp.Payload);
            }
        }

        return traffic;
    }

    private void Note(IpPacket ip, ReadOnlySpan<byte> message)
    {
        switch (message[0], message.Length)
        {
            case (Initiation, InitiationBytes):
                FirstInitiation ??= Describe("initiation", ip, message.Length);
                break;
            case (Response, ResponseBytes) when FirstInitiation is not null:
                FirstResponse ??= Describe("response", ip, message.Length);
                break;
            case (Transport, _):
                TransportMessages++;
                break;
        }
    }

    private static HandshakeMessage Describe(string name, IpPacket ip, int bytes) =>
        new(name, bytes, ip.SourceAddress.ToString(), ip.DestinationAddress.ToString());
}
