using Culvert.Stages;
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
    /// <summary>What <see cref="Clamp"/> may change in a packet.</summary>
    public const HeaderFields Changes = HeaderFields.TcpMss | HeaderFields.TransportChecksum;

    /// <summary>Clamps a packet.</summary>
    /// <param name="packet">From the IP header on; padding behind the packet is left alone.</param>
    /// <param name="limits">The greatest MSS for each family.</param>
    public static MssResult Clamp(Span<byte> packet, MssLimits limits)
    {
        if (!IpPacket.TryParse(packet, out var ip))
        {
            return new MssResult(MssOutcome.NotIp);
        }

        var isIpv6 = !ip.IsIpv4;
        if (FindSyn(ip, out var tcp) is { } reason)
        {
            return new MssResult(reason, isIpv6);
        }

        return ClampOptions(tcp, isIpv6 ? limits.Ipv6 : limits.Ipv4) with { IsIpv6 = isIpv6 };
    }

    /// <summary>Finds a whole TCP header with the SYN bit, or says why there is none.</summary>
    private static MssOutcome? FindSyn(in IpPacket ip, out TcpView tcp)
    {
        tcp = default;
        if (ip.IsTruncated)
        {
            return MssOutcome.Truncated;
        }

        if (!ip.HasTransportHeader && ip.IsFragment && (ip.Protocol == IpProtocol.Tcp || Ipv6Chain.IsExtension(ip.Protocol)))
        {
            return MssOutcome.Fragment;
        }

        if (ip.IsChainBroken)
        {
            return MssOutcome.NotIp;
        }

        if (ip.Protocol != IpProtocol.Tcp)
        {
            return MssOutcome.NotTcp;
        }

        if (!TcpView.TryParse(ip.Transport, out tcp))
        {
            return ip.IsFragment ? MssOutcome.Fragment : MssOutcome.MalformedTcp;
        }

        return tcp.IsSyn ? null : MssOutcome.NotSyn;
    }

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
                lowered |= Lower(tcp, option, limit);
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

    private static bool Lower(TcpView tcp, TcpOption option, int limit)
    {
        var old = option.Mss;
        if (old <= limit)
        {
            return false;
        }

        // The value may lie at an odd offset, across two words of the sum: Update16 swaps the difference then.
        tcp.Checksum = InternetChecksum.Update16(tcp.Checksum, old, (ushort)limit, option.MssOffset);
        option.Mss = (ushort)limit;
        return true;
    }
}
