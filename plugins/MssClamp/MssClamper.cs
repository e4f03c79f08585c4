using Culvert.Wire;

namespace Culvert.Plugins.MssClamp;

/// <summary>
/// Lowers the MSS of one packet in place. Only the option's value and the TCP checksum are written; the checksum is updated by RFC 1624,
/// so one that was wrong on arrival stays wrong by as much and the blame stays where it belongs. Pure but for the packet; never throws.
/// <para>
/// Every MSS option that exceeds is lowered, not only the first, because receivers differ in which one counts. The limit is not lowered
/// further for IP options or extension headers: an MSS leaves them out (RFC 6691).
/// </para>
/// </summary>
internal static class MssClamper
{
    /// <summary>The fields that <see cref="Clamp"/> may change.</summary>
    public const HeaderFields Changes = HeaderFields.TcpMss | HeaderFields.TransportChecksum;

    /// <summary>Clamps a packet.</summary>
    /// <param name="packet">From the IP header on; padding behind the packet is left alone.</param>
    /// <param name="limits">The greatest MSS for each family.</param>
    public static MssResult Clamp(Span<byte> packet, MssLimits limits)
    {
        if (Ipv4View.TryParse(packet, out var ipv4))
        {
            return FindSyn(ipv4, out var tcp) is { } reason ? new MssResult(reason) : ClampOptions(tcp, limits.Ipv4);
        }

        if (Ipv6View.TryParse(packet, out var ipv6))
        {
            var result = FindSyn(ipv6, out var tcp) is { } reason ? new MssResult(reason) : ClampOptions(tcp, limits.Ipv6);
            return result with { IsIpv6 = true };
        }

        return new MssResult(MssOutcome.NotIp);
    }

    // Not by way of IpView, which gathers more than is needed here: nearly every packet ends in one of these two methods.
    private static MssOutcome? FindSyn(in Ipv4View ip, out TcpView tcp)
    {
        tcp = default;
        return ip.IsTruncated ? MssOutcome.Truncated
            : ip.Protocol != IpProtocol.Tcp ? MssOutcome.NotTcp
            : ip.FragmentOffset != 0 ? MssOutcome.Fragment
            : FindSyn(ip.Payload, ip.IsFragment, out tcp);
    }

    private static MssOutcome? FindSyn(in Ipv6View ip, out TcpView tcp)
    {
        tcp = default;
        if (ip.IsTruncated)
        {
            return MssOutcome.Truncated;
        }

        if (!Ipv6Chain.IsExtension(ip.NextHeader))
        {
            return ip.NextHeader == IpProtocol.Tcp ? FindSyn(ip.Payload, isFragment: false, out tcp) : MssOutcome.NotTcp;
        }

        var chain = Ipv6Chain.Walk(ip);
        if (!chain.IsComplete)
        {
            return chain.IsFragment ? MssOutcome.Fragment : MssOutcome.NotIp;
        }

        var mayBeTcp = chain.Protocol == IpProtocol.Tcp || Ipv6Chain.IsExtension(chain.Protocol);
        return !mayBeTcp ? MssOutcome.NotTcp
            : chain.FragmentOffset != 0 ? MssOutcome.Fragment
            : FindSyn(ip.Packet[chain.Offset..], chain.IsFragment, out tcp);
    }

    /// <summary>Finds a whole TCP header with the SYN bit, or says why there is none.</summary>
    private static MssOutcome? FindSyn(Span<byte> segment, bool isFragment, out TcpView tcp) =>
        !TcpView.TryParse(segment, out tcp) ? isFragment ? MssOutcome.Fragment : MssOutcome.MalformedTcp
        : tcp.IsSyn ? null
        : MssOutcome.NotSyn;

    private static MssResult ClampOptions(in TcpView tcp, int limit)
    {
        var found = 0;
        var lowered = false;
        var malformed = false;
        foreach (var option in tcp.Options)
        {
            if (option.IsMss)
            {
                found++;
                lowered |= Lower(option, limit);
            }
            else if (!option.IsWellFormed || option.Kind == TcpOptionKind.MaximumSegmentSize)
            {
                malformed = true;
            }
        }

        var outcome = lowered ? MssOutcome.Clamped
            : found > 0 ? MssOutcome.AlreadySmall
            : malformed ? MssOutcome.MalformedOption
            : MssOutcome.NoMssOption;
        return new MssResult(outcome, IsDuplicate: found > 1, IsMalformed: malformed);
    }

    private static bool Lower(TcpOption option, int limit)
    {
        if (option.Mss <= limit)
        {
            return false;
        }

        option.Mss = (ushort)limit;
        return true;
    }
}
