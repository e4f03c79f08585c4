namespace Culvert.Wire;

/// <summary>
/// Answers a TCP segment with a reset, as a host does that has no such connection (RFC 9293 §3.10.7.1): a refused connection fails at once
/// instead of timing out. Pure.
/// </summary>
public static class TcpReset
{
    /// <summary>The length of the longest answer in bytes.</summary>
    public const int MaxLength = Ipv6View.HeaderLength + TcpView.MinimumHeaderLength;

    /// <summary>Writes the reset, if the segment may have one. It is sent from the address and port that the segment was for.</summary>
    /// <param name="packet">The packet with the segment.</param>
    /// <param name="answer">Gets the reset; at least <see cref="MaxLength"/> bytes, apart from the packet.</param>
    /// <returns>
    /// The answer's length in bytes; 0 when there must be none: the packet is not a complete TCP segment, its checksum is wrong, it is a
    /// reset itself, or one of its addresses is not that of one host.
    /// </returns>
    public static int Write(in IpView packet, Span<byte> answer)
    {
        if (packet.Protocol != IpProtocol.Tcp || !packet.IsTransportWhole || !TcpView.TryParse(packet.Transport, out var tcp)
            || (tcp.Flags & TcpFlags.Rst) != 0 || !IcmpError.IsHost(packet.Source) || !IcmpError.IsHost(packet.Destination)
            || !tcp.IsChecksumValid(packet.PseudoHeaderSum()))
        {
            return 0;
        }

        // RFC 9293 §3.10.7.1: with an ACK, <SEQ=SEG.ACK><CTL=RST>; without, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>.
        var hasAck = (tcp.Flags & TcpFlags.Ack) != 0;
        var sequence = hasAck ? tcp.Acknowledgment : 0;
        var acknowledgment = hasAck ? 0 : tcp.Sequence + SegmentLength(tcp);
        var flags = hasAck ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack;
        var ip = IpView.Write(answer, packet.Destination, packet.Source, IpProtocol.Tcp, TcpView.MinimumHeaderLength);
        TcpView.Write(
            ip.Transport, tcp.DestinationPort, tcp.SourcePort, sequence, acknowledgment, flags, window: 0, ip.PseudoHeaderSum());
        return ip.Length;
    }

    // SYN and FIN occupy one sequence number each (RFC 9293 §3.4).
    private static uint SegmentLength(TcpView tcp) => (uint)tcp.Payload.Length
        + ((tcp.Flags & TcpFlags.Syn) != 0 ? 1u : 0)
        + ((tcp.Flags & TcpFlags.Fin) != 0 ? 1u : 0);
}
