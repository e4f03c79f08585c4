using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>The relevant fields of a captured SYN/ACK.</summary>
/// <param name="ClientPort">The port that it goes to.</param>
/// <param name="Sequence">The server's first sequence number; with the port it identifies the SYN/ACK.</param>
/// <param name="Mss">The MSS that it announces.</param>
/// <param name="Checksum">The checksum that it carries.</param>
/// <param name="WantedChecksum">The checksum that it should carry, computed over the whole segment.</param>
internal sealed record SynAck(ushort ClientPort, uint Sequence, ushort Mss, ushort Checksum, ushort WantedChecksum)
{
    public bool IsValid => Checksum == WantedChecksum;

    /// <summary>Whether a TCP packet has valid checksums; null for any other packet.</summary>
    public static bool? Judge(byte[] packet) =>
        IpView.TryParse(packet, out var ip) && ip.Protocol == IpProtocol.Tcp && ip.IsTransportWhole
            ? InternetChecksum.IsValid(ip.Transport, ip.PseudoHeaderSum()) && (!Ipv4View.TryParse(packet, out var v4) || v4.IsHeaderChecksumValid)
            : null;

    /// <summary>Finds the SYN/ACKs that announce an MSS, without repetitions.</summary>
    public static IEnumerable<SynAck> ReadAll(IEnumerable<byte[]> packets) =>
        packets.Select(Read).OfType<SynAck>().DistinctBy(seen => (seen.ClientPort, seen.Sequence));

    private static SynAck? Read(byte[] packet)
    {
        const TcpFlags Both = TcpFlags.Syn | TcpFlags.Ack;
        if (IpView.TryParse(packet, out var ip) && ip.IsTransportWhole && ip.Protocol == IpProtocol.Tcp
            && TcpView.TryParse(ip.Transport, out var tcp) && (tcp.Flags & Both) == Both)
        {
            foreach (var option in tcp.Options)
            {
                if (option.IsMss)
                {
                    return new SynAck(tcp.DestinationPort, tcp.Sequence, option.Mss, tcp.Checksum, tcp.ComputeChecksum(ip.PseudoHeaderSum()));
                }
            }
        }

        return null;
    }
}

/// <summary>The same SYN/ACK on both sides of the clamp.</summary>
internal sealed record ClampedSynAck(SynAck Before, SynAck After)
{
    /// <summary>
    /// The checksum that two's complement arithmetic would have left, as tunnels have done it: a borrow out of the highest bit is lost.
    /// </summary>
    public ushort WithOldArithmetic => (ushort)~(ushort)((ushort)~Before.Checksum - Before.Mss + After.Mss);

    /// <summary>Pairs what was seen on one side with what was seen on the other; what was seen on one side only is left out.</summary>
    public static IReadOnlyList<ClampedSynAck> Pair(IEnumerable<byte[]> before, IEnumerable<byte[]> after) =>
    [
        .. SynAck.ReadAll(before).Join(
            SynAck.ReadAll(after), seen => (seen.ClientPort, seen.Sequence), seen => (seen.ClientPort, seen.Sequence),
            (first, second) => new ClampedSynAck(first, second)),
    ];
}
