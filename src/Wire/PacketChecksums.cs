namespace Culvert.Wire;

/// <summary>
/// Judges the checksums of an IP packet as its receiver would. Pure; allocates nothing; no input makes it throw. What the packet alone does
/// not show is reported as such, never guessed.
/// </summary>
public static class PacketChecksums
{
    private const int Ipv4ChecksumOffset = 10;

    /// <summary>Judges the IPv4 header checksum.</summary>
    /// <param name="packet">The packet; it may be cut after its header.</param>
    public static ChecksumFinding JudgeHeader(in Ipv4View packet) => packet.IsHeaderChecksumValid
        ? new(ChecksumKind.Ipv4Header, ChecksumVerdict.Valid)
        : new(ChecksumKind.Ipv4Header, ChecksumVerdict.Bad)
        {
            Found = packet.HeaderChecksum,
            Wanted = packet.ComputeHeaderChecksum(),
            Offset = Ipv4ChecksumOffset,
        };

    /// <summary>Judges the transport checksum: TCP, UDP, ICMP or ICMPv6.</summary>
    /// <param name="packet">The packet.</param>
    public static ChecksumFinding JudgeTransport(in IpView packet)
    {
        var kind = KindOf(packet);
        if (kind == ChecksumKind.Other || !packet.IsTransportWhole)
        {
            return new(kind, ChecksumVerdict.CannotBeJudged) { Obstacle = FindObstacle(packet) };
        }

        return kind switch
        {
            ChecksumKind.Tcp => JudgeTcp(packet),
            ChecksumKind.Udp => JudgeUdp(packet),
            ChecksumKind.Icmp => JudgeIcmp(packet),
            _ => JudgeIcmpv6(packet),
        };
    }

    private static ChecksumKind KindOf(in IpView packet) => packet.Protocol switch
    {
        IpProtocol.Tcp => ChecksumKind.Tcp,
        IpProtocol.Udp => ChecksumKind.Udp,
        IpProtocol.Icmp when packet.IsIpv4 => ChecksumKind.Icmp,
        IpProtocol.Icmpv6 when !packet.IsIpv4 => ChecksumKind.Icmpv6,
        _ => ChecksumKind.Other,
    };

    private static ChecksumObstacle FindObstacle(in IpView packet) =>
        packet.IsFragment ? ChecksumObstacle.Fragment
        : packet.IsTruncated ? ChecksumObstacle.Truncated
        : packet.IsChainBroken ? ChecksumObstacle.Malformed
        : ChecksumObstacle.Unknown;

    private static ChecksumFinding JudgeTcp(in IpView packet)
    {
        if (!TcpView.TryParse(packet.Transport, out var tcp))
        {
            return Malformed(ChecksumKind.Tcp);
        }

        var pseudoHeader = packet.PseudoHeaderSum();
        return tcp.IsChecksumValid(pseudoHeader)
            ? new(ChecksumKind.Tcp, ChecksumVerdict.Valid)
            : Bad(ChecksumKind.Tcp, tcp.Checksum, tcp.ComputeChecksum(pseudoHeader), packet.TransportOffset + TcpView.ChecksumOffset);
    }

    private static ChecksumFinding JudgeUdp(in IpView packet)
    {
        if (!UdpView.TryParse(packet.Transport, out var udp) || udp.IsTruncated)
        {
            return Malformed(ChecksumKind.Udp);
        }

        // RFC 8200 §8.1: over IPv6 a receiver discards a datagram whose checksum is 0.
        if (udp.Checksum == 0 && packet.IsIpv4)
        {
            return new(ChecksumKind.Udp, ChecksumVerdict.NoneCarried);
        }

        var pseudoHeader = packet.PseudoHeaderSum(udp.Length);
        return udp.Checksum != 0 && udp.IsChecksumValid(pseudoHeader)
            ? new(ChecksumKind.Udp, ChecksumVerdict.Valid)
            : Bad(ChecksumKind.Udp, udp.Checksum, udp.ComputeChecksum(pseudoHeader), packet.TransportOffset + UdpView.ChecksumOffset);
    }

    private static ChecksumFinding JudgeIcmp(in IpView packet)
    {
        if (!IcmpView.TryParse(packet.Transport, out var icmp))
        {
            return Malformed(ChecksumKind.Icmp);
        }

        return icmp.IsChecksumValid
            ? new(ChecksumKind.Icmp, ChecksumVerdict.Valid)
            : Bad(ChecksumKind.Icmp, icmp.Checksum, icmp.ComputeChecksum(), packet.TransportOffset + IcmpView.ChecksumOffset);
    }

    private static ChecksumFinding JudgeIcmpv6(in IpView packet)
    {
        if (!Icmpv6View.TryParse(packet.Transport, out var icmp))
        {
            return Malformed(ChecksumKind.Icmpv6);
        }

        var pseudoHeader = packet.PseudoHeaderSum();
        return icmp.IsChecksumValid(pseudoHeader)
            ? new(ChecksumKind.Icmpv6, ChecksumVerdict.Valid)
            : Bad(
                ChecksumKind.Icmpv6, icmp.Checksum, icmp.ComputeChecksum(pseudoHeader), packet.TransportOffset + Icmpv6View.ChecksumOffset);
    }

    private static ChecksumFinding Malformed(ChecksumKind kind) =>
        new(kind, ChecksumVerdict.CannotBeJudged) { Obstacle = ChecksumObstacle.Malformed };

    private static ChecksumFinding Bad(ChecksumKind kind, ushort found, ushort wanted, int offset) =>
        new(kind, ChecksumVerdict.Bad) { Found = found, Wanted = wanted, Offset = offset };
}
