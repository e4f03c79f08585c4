using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Whether each TCP packet that came from the device has valid checksums; those that the kernel sends may still lack theirs.</summary>
    public static IEnumerable<bool> Judge(IEnumerable<CapturedPacket> packets)
    {
        foreach (var packet in packets)
        {
            if (!packet.IsOutgoing && IpView.TryParse(packet.Bytes, out var ip) && ip.Protocol == IpProtocol.Tcp && ip.IsTransportWhole)
            {
                yield return InternetChecksum.IsValid(ip.Transport, ip.PseudoHeaderSum())
                    && (!Ipv4View.TryParse(packet.Bytes, out var v4) || v4.IsHeaderChecksumValid);
            }
        }
    }

    /// <summary>Reads a packet.</summary>
    /// <returns>False when it is no SYN/ACK with an MSS.</returns>
    public static bool TryRead(CapturedPacket packet, [NotNullWhen(true)] out SynAck? synAck)
    {
        synAck = null;
        if (!IpView.TryParse(packet.Bytes, out var ip) || ip.Protocol != IpProtocol.Tcp || !ip.IsTransportWhole
            || !TcpView.TryParse(ip.Transport, out var tcp)
            || (tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack)) != (TcpFlags.Syn | TcpFlags.Ack))
        {
            return false;
        }

        foreach (var option in tcp.Options)
        {
            if (option.IsMss)
            {
                synAck = new SynAck(
                    tcp.DestinationPort, tcp.Sequence, option.Mss, tcp.Checksum, tcp.ComputeChecksum(ip.PseudoHeaderSum()));
                return true;
            }
        }

        return false;
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
    public static IReadOnlyList<ClampedSynAck> Pair(IEnumerable<CapturedPacket> before, IEnumerable<CapturedPacket> after)
    {
        var known = new Dictionary<(ushort, uint), SynAck>();
        foreach (var packet in before)
        {
            if (!packet.IsOutgoing && SynAck.TryRead(packet, out var seen))
            {
                known.TryAdd((seen.ClientPort, seen.Sequence), seen);
            }
        }

        var pairs = new List<ClampedSynAck>();
        foreach (var packet in after)
        {
            if (!packet.IsOutgoing && SynAck.TryRead(packet, out var seen) && known.Remove((seen.ClientPort, seen.Sequence), out var first))
            {
                pairs.Add(new ClampedSynAck(first, seen));
            }
        }

        return pairs;
    }
}
