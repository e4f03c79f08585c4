using Culvert.Wire;

namespace Culvert.Endpoints;

/// <summary>
/// Writes the message that tells a sender that its packet was too large: ICMP "fragmentation needed" (RFC 792, RFC 1191 §4) or ICMPv6
/// "packet too big" (RFC 4443 §3.2). It comes from the address that the packet was for: the tunnel's own address would be taken for a
/// forgery by the host that owns it. Pure.
/// </summary>
public static class TooBigAnswer
{
    /// <summary>The longest answer: the least MTU of IPv6, which holds what RFC 1812 wants of IPv4 (576 bytes) too.</summary>
    public const int MaxLength = 1280;

    private const int LongestIpv4 = 576;
    private const byte HopLimit = 64;

    private static ReadOnlySpan<byte> Ipv4Start => [0x45];

    private static ReadOnlySpan<byte> Ipv6Start => [0x60];

    /// <summary>Writes the answer, if the packet may have one.</summary>
    /// <param name="packet">The packet that is too large, from its first byte on; it may be cut.</param>
    /// <param name="mtu">The largest that fits, in bytes.</param>
    /// <param name="answer">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>
    /// The answer's length in bytes; 0 when there must be none: for an error message, a fragment but the first, or where either address
    /// is no single host's (RFC 1122 §3.2.2, RFC 4443 §2.4 e).
    /// </returns>
    public static int Write(Span<byte> packet, int mtu, Span<byte> answer)
    {
        if (!IpView.TryParse(packet, out var ip) || ip.FragmentOffset != 0 || IsError(ip)
            || !IsHost(ip.Source) || !IsHost(ip.Destination))
        {
            return 0;
        }

        return ip.IsIpv4 ? WriteIpv4(ip, mtu, answer) : WriteIpv6(ip, mtu, answer);
    }

    private static int WriteIpv4(in IpView ip, int mtu, Span<byte> answer)
    {
        const int Headers = Ipv4View.MinimumHeaderLength + IcmpView.HeaderLength;
        var quoted = Math.Min(ip.Packet.Length, LongestIpv4 - Headers);
        var message = Begin(answer[..(Headers + quoted)], Ipv4Start, Ipv4View.MinimumHeaderLength);
        ip.Packet[..quoted].CopyTo(message[IcmpView.HeaderLength..]);

        // A view is proved by the header's lengths, so these stand first.
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(answer[2..], (ushort)(Headers + quoted));
        Ipv4View.TryParse(answer, out var header);
        header.TimeToLive = HopLimit;
        header.Protocol = IpProtocol.Icmp;
        ip.Destination.CopyTo(header.Source);
        ip.Source.CopyTo(header.Destination);
        header.FillHeaderChecksum();

        IcmpView.TryParse(message, out var icmp);
        (icmp.Type, icmp.Code, icmp.NextHopMtu) = (IcmpType.DestinationUnreachable, IcmpType.FragmentationNeeded, (ushort)mtu);
        icmp.Checksum = icmp.ComputeChecksum();
        return Headers + quoted;
    }

    private static int WriteIpv6(in IpView ip, int mtu, Span<byte> answer)
    {
        const int Headers = Ipv6View.HeaderLength + Icmpv6View.HeaderLength;
        var quoted = Math.Min(ip.Packet.Length, MaxLength - Headers);
        var message = Begin(answer[..(Headers + quoted)], Ipv6Start, Ipv6View.HeaderLength);
        ip.Packet[..quoted].CopyTo(message[Icmpv6View.HeaderLength..]);

        Ipv6View.TryParse(answer, out var header);
        header.PayloadLength = (ushort)message.Length;
        header.NextHeader = IpProtocol.Icmpv6;
        header.HopLimit = HopLimit;
        ip.Destination.CopyTo(header.Source);
        ip.Source.CopyTo(header.Destination);

        Icmpv6View.TryParse(message, out var icmp);
        (icmp.Type, icmp.Mtu) = (IcmpType.PacketTooBig, (uint)mtu);
        icmp.Checksum = icmp.ComputeChecksum(
            InternetChecksum.PseudoHeader(header.Source, header.Destination, IpProtocol.Icmpv6, message.Length));
        return Headers + quoted;
    }

    private static Span<byte> Begin(Span<byte> answer, ReadOnlySpan<byte> start, int headerLength)
    {
        answer[..(headerLength + IcmpView.HeaderLength)].Clear();
        start.CopyTo(answer);
        return answer[headerLength..];
    }

    private static bool IsError(in IpView ip)
    {
        if (ip.Protocol == IpProtocol.Icmp && IcmpView.TryParse(ip.Transport, out var icmp))
        {
            return icmp.Type is IcmpType.DestinationUnreachable or IcmpType.SourceQuench or IcmpType.Redirect
                or IcmpType.TimeExceeded or IcmpType.ParameterProblem;
        }

        return ip.Protocol == IpProtocol.Icmpv6 && Icmpv6View.TryParse(ip.Transport, out var icmpv6)
            && icmpv6.Type is < IcmpType.FirstInformational or IcmpType.RedirectV6;
    }

    /// <summary>False for the unspecified address, loopback, multicast, and IPv4's broadcast and reserved addresses.</summary>
    private static bool IsHost(ReadOnlySpan<byte> address) => address.Length == Ipv4View.AddressLength
        ? address[0] is not 0 and not 127 and < 224
        : address[0] != 0xFF && address.ContainsAnyExcept((byte)0);
}
