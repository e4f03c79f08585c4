namespace Culvert.Wire;

/// <summary>
/// Writes TCP resets: the answer to a segment, as from a host that has no such connection (RFC 9293 §3.10.7.1), and the end of a connection
/// for the segment's receiver. A refused connection fails at once instead of timing out. Pure.
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
        if (!TryParse(packet, out var tcp))
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

    /// <summary>
    /// Writes a reset to the receiver of a segment, in its sender's name and in the segment's place: with its sequence number the receiver
    /// accepts it where it would have accepted the segment (RFC 9293 §3.10.7.4).
    /// </summary>
    /// <param name="packet">The packet with the segment, which is to be dropped.</param>
    /// <param name="reset">Gets the reset; at least <see cref="MaxLength"/> bytes, apart from the packet.</param>
    /// <returns>The reset's length in bytes; 0 in the same cases as for <see cref="Write"/>.</returns>
    public static int WriteForward(in IpView packet, Span<byte> reset)
    {
        if (!TryParse(packet, out var tcp))
        {
            return 0;
        }

        var ip = IpView.Write(reset, packet.Source, packet.Destination, IpProtocol.Tcp, TcpView.MinimumHeaderLength, packet.HopLimit);
        var flags = (tcp.Flags & TcpFlags.Ack) | TcpFlags.Rst;
        TcpView.Write(
            ip.Transport, tcp.SourcePort, tcp.DestinationPort, tcp.Sequence, tcp.Acknowledgment, flags, window: 0, ip.PseudoHeaderSum());
        return ip.Length;
    }

    private static bool TryParse(in IpView packet, out TcpView tcp)
    {
        tcp = default;
        return packet.Protocol == IpProtocol.Tcp && packet.IsTransportWhole && TcpView.TryParse(packet.Transport, out tcp)
            && (tcp.Flags & TcpFlags.Rst) == 0 && IcmpError.IsHost(packet.Source) && IcmpError.IsHost(packet.Destination)
            && tcp.IsChecksumValid(packet.PseudoHeaderSum());
    }

    // SYN and FIN occupy one sequence number each (RFC 9293 §3.4).
    private static uint SegmentLength(TcpView tcp) => (uint)tcp.Payload.Length
        + ((tcp.Flags & TcpFlags.Syn) != 0 ? 1u : 0)
        + ((tcp.Flags & TcpFlags.Fin) != 0 ? 1u : 0);
}
