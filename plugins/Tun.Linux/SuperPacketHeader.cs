using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Wire;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// Writes the headers in front of a group's payloads: the virtio header that describes the super-packet, and the first packet's
/// headers with the length of the whole. The transport checksum is left partial, as the host's own senders leave it: its field gets the
/// pseudo-header's sum. Pure.
/// </summary>
internal static class SuperPacketHeader
{
    /// <summary>The longest that <see cref="Write"/> writes: plain IP headers and the longest TCP header.</summary>
    public const int MaxLength = Ipv6View.HeaderLength + TcpView.MaximumHeaderLength;

    /// <summary>Writes it.</summary>
    /// <param name="group">A group of two packets or more.</param>
    /// <param name="first">The group's first packet; it is not changed.</param>
    /// <param name="header">Gets the virtio header.</param>
    /// <param name="destination">Gets <c>group.HeaderLength</c> bytes.</param>
    public static void Write(in SegmentGroup group, ReadOnlySpan<byte> first, out VirtioNet.Header header, Span<byte> destination)
    {
        header = new VirtioNet.Header
        {
            flags = VirtioNet.VIRTIO_NET_HDR_F_NEEDS_CSUM,
            gso_type = (group.IsTcp, group.IsIpv4) switch
            {
                (true, true) => VirtioNet.VIRTIO_NET_HDR_GSO_TCPV4,
                (true, false) => VirtioNet.VIRTIO_NET_HDR_GSO_TCPV6,
                _ => VirtioNet.VIRTIO_NET_HDR_GSO_UDP_L4,
            },
            hdr_len = (ushort)group.HeaderLength,
            gso_size = (ushort)group.Share,
            csum_start = (ushort)group.TransportOffset,
            csum_offset = (ushort)(group.IsTcp ? TcpView.ChecksumOffset : UdpView.ChecksumOffset),
        };
        var headers = destination[..group.HeaderLength];
        first[..group.HeaderLength].CopyTo(headers);
        var transportLength = group.Length - group.TransportOffset;
        var sum = InternetChecksum.Fold(WriteIp(group, headers, transportLength));
        if (group.IsTcp)
        {
            TcpView.TryParse(headers[group.TransportOffset..], out var tcp);
            tcp.Flags = group.IsPush ? tcp.Flags | TcpFlags.Psh : tcp.Flags;
            tcp.Checksum = sum;
        }
        else
        {
            UdpView.TryParse(headers[group.TransportOffset..], out var udp);
            udp.SetRawLength((ushort)transportLength);
            udp.Checksum = sum;
        }
    }

    private static uint WriteIp(in SegmentGroup group, Span<byte> headers, int transportLength)
    {
        var protocol = group.IsTcp ? IpProtocol.Tcp : IpProtocol.Udp;
        if (Ipv4View.TryParse(headers, out var ipv4))
        {
            ipv4.SetRawTotalLength((ushort)group.Length);
            ipv4.FillHeaderChecksum();
            return InternetChecksum.PseudoHeader(ipv4.Source, ipv4.Destination, protocol, transportLength);
        }

        Ipv6View.TryParse(headers, out var ipv6);
        ipv6.SetRawPayloadLength((ushort)(group.Length - Ipv6View.HeaderLength));
        return InternetChecksum.PseudoHeader(ipv6.Source, ipv6.Destination, protocol, transportLength);
    }
}
