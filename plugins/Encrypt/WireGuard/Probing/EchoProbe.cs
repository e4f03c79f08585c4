using System.Buffers.Binary;
using System.Net;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>
/// ICMP echo requests of any size through the tunnel, and their replies. A reply is told from the host's own by identifier and by a cookie that
/// only this end knows. Pure.
/// </summary>
internal static class EchoProbe
{
    private const int CookieSize = sizeof(ulong);
    private const int SequenceOffset = 6;

    // RFC 792 and RFC 4443 section 4.
    private const byte Request = 8;
    private const byte Reply = 0;
    private const byte RequestV6 = 128;
    private const byte ReplyV6 = 129;

    /// <summary>Bytes of the shortest request of a family.</summary>
    public static int MinSize(bool isIpv4) => (isIpv4 ? Ipv4View.MinimumHeaderLength : Ipv6View.HeaderLength) + IcmpView.HeaderLength + CookieSize;

    /// <summary>Writes a request: an IP packet that fills the span.</summary>
    /// <param name="packet">At least <see cref="MinSize"/> bytes.</param>
    /// <param name="source">An address of this host.</param>
    /// <param name="destination">Of the same family.</param>
    /// <param name="cookie">This end's cookie for the peer.</param>
    /// <param name="id">The request's number.</param>
    public static void Write(Span<byte> packet, IPAddress source, IPAddress destination, ulong cookie, ushort id)
    {
        packet.Clear();
        Span<byte> from = stackalloc byte[Ipv6View.AddressLength];
        Span<byte> to = stackalloc byte[Ipv6View.AddressLength];
        source.TryWriteBytes(from, out var length);
        destination.TryWriteBytes(to, out _);
        var isIpv4 = length == Ipv4View.AddressLength;
        var headers = isIpv4 ? Ipv4View.MinimumHeaderLength : Ipv6View.HeaderLength;
        var ip = IpView.Write(packet, from[..length], to[..length], isIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6, packet.Length - headers);
        BinaryPrimitives.WriteUInt64BigEndian(ip.Transport[IcmpView.HeaderLength..], cookie);
        var body = ((uint)(ushort)cookie << 16) | id;
        if (isIpv4)
        {
            IcmpView.Write(ip.Transport, Request, 0, body);
        }
        else
        {
            Icmpv6View.Write(ip.Transport, RequestV6, 0, body, ip.PseudoHeaderSum());
        }
    }

    /// <summary>Reads a packet from the peer.</summary>
    /// <returns>False when it does not answer one of our requests.</returns>
    public static bool TryRead(in IpView ip, ulong cookie, out ushort id)
    {
        id = 0;
        var message = ip.Transport;
        if (!ip.HasEchoIdentifier || ip.IsFragment || message.Length < IcmpView.HeaderLength + CookieSize
            || message[0] != (ip.IsIpv4 ? Reply : ReplyV6)
            || BinaryPrimitives.ReadUInt64BigEndian(message[IcmpView.HeaderLength..]) != cookie)
        {
            return false;
        }

        id = BinaryPrimitives.ReadUInt16BigEndian(message[SequenceOffset..]);
        return true;
    }
}
