using System.Runtime.CompilerServices;

namespace Culvert.Wire;

/// <summary>
/// The shape of nearly every packet: TCP or UDP right behind an IPv4 header without options or an IPv6 header without extensions, whole, no
/// fragment, as long as its headers say. Its checksums are proved with less work than those of any packet; where it is not plain or one of them does not
/// hold, <see cref="PacketChecksums"/> says what is the matter. Pure; no input makes it throw.
/// </summary>
public static class PlainPacket
{
    private const byte Ipv4WithoutOptions = 0x45;
    private const int MoreFragmentsAndOffset = 0x3FFF;

    /// <summary>Whether a packet is plain and its checksums hold.</summary>
    /// <param name="packet">From the IP header on.</param>
    /// <param name="isIpv4">IPv4, whose header checksum holds too; or else IPv6.</param>
    /// <param name="protocol">TCP or UDP.</param>
    public static bool TryProve(ReadOnlySpan<byte> packet, out bool isIpv4, out IpProtocol protocol)
    {
        isIpv4 = IsIpv4(packet);
        if (!isIpv4 && !IsIpv6(packet))
        {
            protocol = default;
            return false;
        }

        protocol = (IpProtocol)packet[isIpv4 ? Ipv4View.Field.Protocol : Ipv6View.Field.NextHeader];
        var offset = isIpv4 ? Ipv4View.MinimumHeaderLength : Ipv6View.HeaderLength;
        var transport = packet[offset..];
        var hasHeader = protocol switch
        {
            IpProtocol.Tcp => TcpView.HasHeader(transport),
            IpProtocol.Udp => UdpView.IsWholeWithChecksum(transport),
            _ => false,
        };
        return hasHeader && AreChecksumsValid(packet, offset, protocol);
    }

    /// <summary>Whether the checksums of a plain packet hold.</summary>
    /// <param name="packet">A plain packet.</param>
    /// <param name="transportOffset">20 or 40: where its TCP or UDP header starts.</param>
    /// <param name="protocol">TCP, or UDP with a checksum.</param>
    public static bool AreChecksumsValid(ReadOnlySpan<byte> packet, int transportOffset, IpProtocol protocol)
    {
        // The addresses lie right before the transport header, so one sum has all but the rest of the pseudo-header.
        var isIpv4 = transportOffset == Ipv4View.MinimumHeaderLength;
        var addresses = transportOffset - (2 * (isIpv4 ? Ipv4View.AddressLength : Ipv6View.AddressLength));
        var rest = (uint)protocol + (uint)(packet.Length - transportOffset);
        return (!isIpv4 || InternetChecksum.IsPlainHeaderValid(packet)) && InternetChecksum.IsValid(packet[addresses..], rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIpv4(ReadOnlySpan<byte> packet) => packet.Length >= Ipv4View.MinimumHeaderLength
        && packet[Ipv4View.Field.VersionAndIhl] == Ipv4WithoutOptions
        && HeaderField.Read16(packet, Ipv4View.Field.TotalLength) == packet.Length
        && (HeaderField.Read16(packet, Ipv4View.Field.FlagsAndOffset) & MoreFragmentsAndOffset) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIpv6(ReadOnlySpan<byte> packet) => packet.Length >= Ipv6View.HeaderLength && packet[0] >> 4 == 6
        && HeaderField.Read16(packet, Ipv6View.Field.PayloadLength) + Ipv6View.HeaderLength == packet.Length;
}
