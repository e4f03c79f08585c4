using System.Buffers.Binary;
using System.Diagnostics;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Wire;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// A GSO super-packet: headers once, the payload of many packets behind them, and how long each packet's share is. This is the map that
/// turns it into the packets it stands for, as the network card's segmentation would: IPv4 ids and TCP sequence numbers go on, PSH and
/// FIN stay for the last packet, CWR for the first, lengths and checksums are each packet's own. Pure; it holds no memory, so the caller
/// passes the bytes in again.
/// </summary>
internal readonly struct SuperPacket
{
    private const TcpFlags LastOnly = TcpFlags.Fin | TcpFlags.Psh;

    // RFC 791 §3.1, RFC 9293 §3.1.
    private const int TotalLengthOffset = 2;
    private const int IdentificationOffset = 4;
    private const int HeaderChecksumOffset = 10;
    private const int TcpSequenceOffset = 4;
    private const int TcpFlagsOffset = 13;

    private readonly uint _addressSum;
    private readonly uint _headerSum;
    private readonly uint _sequence;
    private readonly int _transportOffset;
    private readonly int _headerLength;
    private readonly int _payloadLength;
    private readonly int _share;
    private readonly ushort _identification;
    private readonly TcpFlags _flags;
    private readonly bool _isIpv4;
    private readonly bool _isTcp;

    private SuperPacket(in IpView ip, uint addressSum, int transportHeader, int share)
    {
        _isIpv4 = ip.IsIpv4;
        _transportOffset = ip.TransportOffset;
        _headerLength = ip.TransportOffset + transportHeader;
        _payloadLength = ip.Length - _headerLength;
        _share = share;
        Count = (_payloadLength + share - 1) / share;
        _addressSum = addressSum;
        if (ip.TryAsIpv4(out var ipv4))
        {
            _identification = ipv4.Identification;
            _headerSum = SumWithoutVariables(ipv4);
        }
    }

    private SuperPacket(in IpView ip, uint addressSum, TcpView tcp, int share)
        : this(ip, addressSum, tcp.HeaderLength, share) => (_isTcp, _sequence, _flags) = (true, tcp.Sequence, tcp.Flags);

    /// <summary>The number of packets it represents, 1 or more.</summary>
    public int Count { get; }

    /// <summary>The length of the largest of them, in bytes.</summary>
    public int LargestPacket => _headerLength + Math.Min(_share, _payloadLength);

    /// <summary>Proves what the kernel handed over.</summary>
    /// <param name="header">The virtio header; its <c>hdr_len</c> is not trusted, the packet's own headers are.</param>
    /// <param name="packet">The super-packet.</param>
    /// <param name="super">The map.</param>
    /// <returns>False when header and packet contradict each other.</returns>
    public static bool TryParse(in VirtioNet.Header header, Span<byte> packet, out SuperPacket super)
    {
        super = default;
        if (header.gso_size == 0 || !IpView.TryParse(packet, out var ip) || !TryFindAddressSum(header, ip, out var addressSum))
        {
            return false;
        }

        var type = header.gso_type & ~VirtioNet.VIRTIO_NET_HDR_GSO_ECN;
        var tcpType = ip.IsIpv4 ? VirtioNet.VIRTIO_NET_HDR_GSO_TCPV4 : VirtioNet.VIRTIO_NET_HDR_GSO_TCPV6;
        if (type == tcpType && ip.Protocol == IpProtocol.Tcp && TcpView.TryParse(ip.Transport, out var tcp))
        {
            super = new SuperPacket(ip, addressSum, tcp, header.gso_size);
        }
        else if (type == VirtioNet.VIRTIO_NET_HDR_GSO_UDP_L4 && ip.Protocol == IpProtocol.Udp && UdpView.TryParse(ip.Transport, out _))
        {
            super = new SuperPacket(ip, addressSum, UdpView.HeaderLength, header.gso_size);
        }

        return super._payloadLength > 0;
    }

    /// <summary>Writes one of the packets.</summary>
    /// <param name="packet">The super-packet that this map was made from.</param>
    /// <param name="index">Which: 0 to <see cref="Count"/> − 1.</param>
    /// <param name="destination">At least <see cref="LargestPacket"/> bytes.</param>
    /// <returns>The packet's length in bytes.</returns>
    public int Write(ReadOnlySpan<byte> packet, int index, Span<byte> destination)
    {
        Debug.Assert((uint)index < (uint)Count, "One of the packets.");
        var done = index * _share;
        var size = Math.Min(_share, _payloadLength - done);
        var length = _headerLength + size;
        packet[.._headerLength].CopyTo(destination);
        packet.Slice(_headerLength + done, size).CopyTo(destination[_headerLength..]);

        var written = destination[..length];
        WriteIp(written, index);
        if (_isTcp)
        {
            WriteTcp(written[_transportOffset..], index, (uint)done);
        }
        else
        {
            WriteUdp(written[_transportOffset..]);
        }

        return length;
    }

    /// <summary>
    /// Finds the pseudo-header's sum without its length: computed from the addresses, or, behind a routing header whose final destination is
    /// unknown, taken from the partial checksum, where the sender left it.
    /// </summary>
    private static bool TryFindAddressSum(in VirtioNet.Header header, in IpView ip, out uint sum)
    {
        sum = ip.PseudoHeaderSum(0);
        if (ip.IsTransportWhole || !ip.HasTransportHeader || ip.IsFragment || ip.IsTruncated)
        {
            return ip.IsTransportWhole;
        }

        var field = header.csum_start + header.csum_offset;
        if ((header.flags & VirtioNet.VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0 || header.csum_start != ip.TransportOffset
            || field + sizeof(ushort) > ip.Length)
        {
            return false;
        }

        // One's complement: the length is subtracted by adding its complement.
        sum = BinaryPrimitives.ReadUInt16BigEndian(ip.Packet[field..]) + (uint)(ushort)~InternetChecksum.Fold((uint)ip.TransportLength);
        return true;
    }

    /// <summary>The sum of an IPv4 header but for what differs between the packets: length, identification and the checksum itself.</summary>
    private static uint SumWithoutVariables(in Ipv4View ipv4)
    {
        var header = ipv4.Header;
        var sum = InternetChecksum.Sum(header[..TotalLengthOffset]);
        sum = InternetChecksum.Sum(header[(IdentificationOffset + sizeof(ushort))..HeaderChecksumOffset], sum);
        return InternetChecksum.Sum(header[(HeaderChecksumOffset + sizeof(ushort))..], sum);
    }

    private void WriteIp(Span<byte> packet, int index)
    {
        if (_isIpv4)
        {
            var identification = (ushort)(_identification + index);
            BinaryPrimitives.WriteUInt16BigEndian(packet[TotalLengthOffset..], (ushort)packet.Length);
            BinaryPrimitives.WriteUInt16BigEndian(packet[IdentificationOffset..], identification);
            var sum = _headerSum + (uint)packet.Length + identification;
            BinaryPrimitives.WriteUInt16BigEndian(packet[HeaderChecksumOffset..], (ushort)~InternetChecksum.Fold(sum));
        }
        else
        {
            Ipv6View.TryParse(packet, out var ipv6);
            ipv6.SetRawPayloadLength((ushort)(packet.Length - Ipv6View.HeaderLength));
        }
    }

    private void WriteTcp(Span<byte> segment, int index, uint done)
    {
        var flags = _flags;
        if (index != Count - 1)
        {
            flags &= ~LastOnly;
        }

        if (index != 0)
        {
            flags &= ~TcpFlags.Cwr;
        }

        // Field by field without the view, whose setters would keep a checksum right that is computed anew.
        segment[TcpFlagsOffset] = (byte)flags;
        BinaryPrimitives.WriteUInt32BigEndian(segment[TcpSequenceOffset..], _sequence + done);
        var checksum = segment[TcpView.ChecksumOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(checksum, 0);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, InternetChecksum.Compute(segment, _addressSum + (uint)segment.Length));
    }

    private void WriteUdp(Span<byte> datagram)
    {
        UdpView.TryParse(datagram, out var udp);
        udp.SetRawLength((ushort)datagram.Length);
        udp.Checksum = 0;
        udp.Checksum = InternetChecksum.ToUdp(InternetChecksum.Compute(datagram, _addressSum + (uint)datagram.Length));
    }
}
