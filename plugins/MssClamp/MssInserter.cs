using System.Buffers.Binary;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.MssClamp;

/// <summary>
/// Gives a SYN that announces no MSS an option, in place. The new option goes in front of the others, at an even offset, so that every
/// word keeps its place in the sum and both checksums can be updated by RFC 1624, never recomputed.
/// </summary>
internal static class MssInserter
{
    /// <summary>The bytes by which a packet grows.</summary>
    public const int OptionLength = TcpOption.MssLength;

    /// <summary>The fields that <see cref="TryInsert"/> may change.</summary>
    public const HeaderFields Changes = HeaderFields.TcpMss | HeaderFields.TcpOptions | HeaderFields.TransportChecksum
        | HeaderFields.IpLength | HeaderFields.Ipv4Checksum;

    private const ushort OptionHead = ((int)TcpOptionKind.MaximumSegmentSize << 8) | OptionLength;

    /// <summary>Inserts an option into a SYN that <see cref="MssClamper"/> found to have none.</summary>
    /// <param name="packet">The packet; it grows by <see cref="OptionLength"/>.</param>
    /// <param name="limits">The greatest MSS for each family.</param>
    /// <param name="mtu">The largest packet at this place, in bytes.</param>
    /// <returns>False when the packet was left as it was: payload, a fragment, no room in the header or in the MTU, or a family that is
    /// left alone.</returns>
    public static bool TryInsert(Packet packet, MssLimits limits, int mtu)
    {
        if (!IpView.TryParse(packet.Data, out var ip) || !TcpView.TryParse(ip.Transport, out var tcp))
        {
            return false;
        }

        var (family, limit) = ip.IsIpv4 ? (MssFamily.Ipv4, limits.Ipv4) : (MssFamily.Ipv6, limits.Ipv6);
        var fits = tcp.HeaderLength + OptionLength <= TcpView.MaximumHeaderLength && packet.Length + OptionLength <= mtu;
        if (limit == MssFamily.NoLimit || !fits || ip.IsFragment || !tcp.Payload.IsEmpty)
        {
            return false;
        }

        packet.Append(OptionLength);
        Insert(packet.Data, (ushort)family.InsertedMss(limit));
        return true;
    }

    /// <summary>Writes the option into a packet behind which <see cref="OptionLength"/> bytes are free.</summary>
    private static void Insert(Span<byte> grown, ushort mss)
    {
        IpView.TryParse(grown, out var ip);
        var options = ip.TransportOffset + TcpView.MinimumHeaderLength;
        grown[options..^OptionLength].CopyTo(grown[(options + OptionLength)..]);
        BinaryPrimitives.WriteUInt16BigEndian(grown[options..], OptionHead);
        BinaryPrimitives.WriteUInt16BigEndian(grown[(options + TcpOption.MssValue)..], mss);
        CountInTransport(ip, mss);
        CountInHeader(ip);
    }

    /// <summary>The TCP checksum covers the option, the data offset, and the length in the pseudo-header.</summary>
    private static void CountInTransport(in IpView ip, ushort mss)
    {
        TcpView.TryParse(ip.Transport, out var tcp);
        var length = (ushort)ip.TransportLength;
        tcp.DataOffset += OptionLength / sizeof(uint);
        var sum = InternetChecksum.Update16(tcp.Checksum, length, (ushort)(length + OptionLength));
        sum = InternetChecksum.Update16(sum, 0, OptionHead);
        tcp.Checksum = InternetChecksum.Update16(sum, 0, mss);
    }

    /// <summary>A raw length leaves the header checksum to its caller; IPv6 has none.</summary>
    private static void CountInHeader(in IpView ip)
    {
        if (ip.TryAsIpv4(out var ipv4))
        {
            var length = (ushort)(ipv4.TotalLength + OptionLength);
            ipv4.HeaderChecksum = InternetChecksum.Update16(ipv4.HeaderChecksum, ipv4.TotalLength, length);
            ipv4.SetRawTotalLength(length);
        }
        else if (ip.TryAsIpv6(out var ipv6))
        {
            ipv6.SetRawPayloadLength((ushort)(ipv6.PayloadLength + OptionLength));
        }
    }
}
