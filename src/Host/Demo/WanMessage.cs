using System.Net;
using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>One datagram on the internet between the sites, as somebody there sees it.</summary>
/// <param name="Type">The first byte: the type of a WireGuard message.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">To whom.</param>
/// <param name="IsReadable">Whether a text that was sent through the tunnel can be read in it.</param>
internal sealed record WanMessage(int Type, int Bytes, IPAddress From, IPAddress To, bool IsReadable)
{
    public bool IsInitiation => this is { Type: 1, Bytes: 148 };

    public bool IsResponse => this is { Type: 2, Bytes: 92 };

    public bool IsTransport => Type == 4;

    /// <summary>Reads captured packets.</summary>
    /// <param name="packets">The packets.</param>
    /// <param name="secret">The text.</param>
    public static IEnumerable<WanMessage> ReadAll(IEnumerable<byte[]> packets, byte[] secret)
    {
        foreach (var packet in packets)
        {
            if (IpView.TryParse(packet, out var ip) && ip.Protocol == IpProtocol.Udp && UdpView.TryParse(ip.Transport, out var udp))
            {
                yield return new WanMessage(
                    udp.Payload.IsEmpty ? 0 : udp.Payload[0], udp.Payload.Length, ip.SourceAddress.ToIPAddress(), ip.DestinationAddress.ToIPAddress(),
                    udp.Payload.IndexOf(secret) >= 0);
            }
        }
    }
}
