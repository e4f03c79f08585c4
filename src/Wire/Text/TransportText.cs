using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Culvert.Wire.Text;

/// <summary>The part of <see cref="PacketText"/> behind the IP header: addresses and ports, then what the transport says.</summary>
internal static class TransportText
{
    public static void Append(StringBuilder text, IpView ip)
    {
        if (ip.HasTransportHeader && ip.Protocol == IpProtocol.Tcp && TcpView.TryParse(ip.Transport, out var tcp))
        {
            AppendEnds(text, ip, ".", tcp.SourcePort, tcp.DestinationPort).Append(": ");
            AppendChain(text, ip);
            AppendTcp(text, ip, tcp);
        }
        else if (ip.HasTransportHeader && ip.Protocol == IpProtocol.Udp && UdpView.TryParse(ip.Transport, out var udp))
        {
            AppendEnds(text, ip, ".", udp.SourcePort, udp.DestinationPort).Append(": ");
            AppendChain(text, ip);
            AppendUdp(text, ip, udp);
        }
        else
        {
            AppendEnds(text, ip).Append(": ");
            AppendChain(text, ip);
            AppendOther(text, ip);
        }
    }

    public static void AppendSummary(StringBuilder text, IpView ip)
    {
        if (ip.FragmentOffset != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"fragment at {ip.FragmentOffset} ");
            AppendEnds(text, ip);
        }
        else if (ip.HasTransportHeader && ip.Protocol == IpProtocol.Tcp && TcpView.TryParse(ip.Transport, out var tcp))
        {
            AppendEnds(text, ip, ":", tcp.SourcePort, tcp.DestinationPort);
            text.Append(CultureInfo.InvariantCulture, $" [{TcpText.Flags(tcp.Flags)}]");
            foreach (var option in tcp.Options)
            {
                text.Append(option.IsMss ? string.Create(CultureInfo.InvariantCulture, $" mss {option.Mss}") : "");
            }
        }
        else if (ip.HasTransportHeader && ip.Protocol == IpProtocol.Udp && UdpView.TryParse(ip.Transport, out var udp))
        {
            AppendEnds(text, ip, ":", udp.SourcePort, udp.DestinationPort);
        }
        else
        {
            AppendEnds(text, ip);
            var message = ip.HasTransportHeader ? IcmpText.Message(ip) : null;
            text.Append(message is null ? "" : " " + message);
        }

        text.Append(ip.IsFragment && ip.FragmentOffset == 0 ? " (first fragment)" : "");
    }

    private static StringBuilder AppendEnds(StringBuilder text, IpView ip) =>
        text.Append(PacketText.Address(ip.Source)).Append(" > ").Append(PacketText.Address(ip.Destination));

    private static StringBuilder AppendEnds(StringBuilder text, IpView ip, string separator, int sourcePort, int destinationPort)
    {
        AppendEnd(text, ip, ip.Source, separator, sourcePort).Append(" > ");
        return AppendEnd(text, ip, ip.Destination, separator, destinationPort);
    }

    private static StringBuilder AppendEnd(StringBuilder text, IpView ip, ReadOnlySpan<byte> address, string separator, int port)
    {
        var name = PacketText.Address(address);
        return text.Append(separator == ":" && !ip.IsIpv4 ? $"[{name}]" : name).Append(separator).Append(port);
    }

    private static void AppendChain(StringBuilder text, IpView ip)
    {
        if (ip.IsIpv4 || !Ipv6View.TryParse(ip.Packet, out var v6) || !Ipv6Chain.IsExtension(v6.NextHeader))
        {
            return;
        }

        var chain = Ipv6Chain.Walk(v6);
        text.Append(CultureInfo.InvariantCulture, $"extension headers {chain.Offset - Ipv6View.HeaderLength} bytes");
        if (chain.FragmentHeaderOffset != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", frag (0x{chain.FragmentIdentification:x8}:{chain.FragmentOffset}");
            text.Append(CultureInfo.InvariantCulture, $"|{ip.TransportLength}{(chain.MoreFragments ? ", more" : "")})");
        }

        text.Append(ip.IsChainBroken ? ", cut or too many: " : ": ");
    }

    private static void AppendTcp(StringBuilder text, IpView ip, TcpView tcp)
    {
        text.Append(CultureInfo.InvariantCulture, $"Flags [{TcpText.Flags(tcp.Flags)}], cksum 0x{tcp.Checksum:x4} ");
        text.Append(CultureInfo.InvariantCulture, $"({Verdict(PacketChecksums.JudgeTransport(ip))})");
        var length = Math.Max(0, ip.TransportLength - tcp.HeaderLength);
        text.Append(CultureInfo.InvariantCulture, $", seq {tcp.Sequence}");
        if (length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $":{tcp.Sequence + (uint)length}");
        }

        if (tcp.Flags.HasFlag(TcpFlags.Ack))
        {
            text.Append(CultureInfo.InvariantCulture, $", ack {tcp.Acknowledgment}");
        }

        text.Append(CultureInfo.InvariantCulture, $", win {tcp.Window}");
        if (tcp.Flags.HasFlag(TcpFlags.Urg))
        {
            text.Append(CultureInfo.InvariantCulture, $", urg {tcp.UrgentPointer}");
        }

        if (tcp.HeaderLength > TcpView.MinimumHeaderLength)
        {
            text.Append(CultureInfo.InvariantCulture, $", options [{TcpText.Options(tcp.Options)}]");
        }

        text.Append(CultureInfo.InvariantCulture, $", length {length}");
    }

    private static void AppendUdp(StringBuilder text, IpView ip, UdpView udp)
    {
        var finding = PacketChecksums.JudgeTransport(ip);
        text.Append(finding.Verdict switch
        {
            ChecksumVerdict.Valid => "[udp sum ok] ",
            ChecksumVerdict.NoneCarried => "[no cksum] ",
            ChecksumVerdict.Bad => string.Create(CultureInfo.InvariantCulture,
                $"[bad udp cksum 0x{finding.Found:x4} -> 0x{finding.Wanted:x4}!] "),
            _ => $"[udp cksum {Verdict(finding)}] ",
        });
        text.Append(CultureInfo.InvariantCulture, $"UDP, length {udp.Length - UdpView.HeaderLength}");
    }

    private static void AppendOther(StringBuilder text, IpView ip)
    {
        var name = PacketText.NameOf(ip.Protocol, ip.IsIpv4);
        if (ip.FragmentOffset != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} fragment at {ip.FragmentOffset}, length {ip.TransportLength}");
            return;
        }

        var message = ip.HasTransportHeader ? IcmpText.Message(ip) : null;
        if (message is null)
        {
            var unread = ip.HasTransportHeader && ip.Protocol is IpProtocol.Tcp or IpProtocol.Udp;
            var broken = unread ? ", its header is cut or contradicts itself" : "";
            text.Append(CultureInfo.InvariantCulture, $"{name}{broken}, length {ip.TransportLength}");
            return;
        }

        // ICMP and ICMPv6 have it at the same place, and a message was only found where the header is whole.
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(ip.Transport[IcmpView.ChecksumOffset..]);
        var verdict = Verdict(PacketChecksums.JudgeTransport(ip));
        text.Append(CultureInfo.InvariantCulture, $"{name} {message}, cksum 0x{checksum:x4} ({verdict}), length {ip.TransportLength}");
    }

    private static string Verdict(ChecksumFinding finding) => finding.Verdict switch
    {
        ChecksumVerdict.Valid => "correct",
        ChecksumVerdict.Bad => string.Create(CultureInfo.InvariantCulture, $"incorrect -> 0x{finding.Wanted:x4}"),
        ChecksumVerdict.NoneCarried => "none carried",
        _ => finding.Obstacle switch
        {
            ChecksumObstacle.Fragment => "not judged: fragment",
            ChecksumObstacle.Truncated => "not judged: truncated",
            ChecksumObstacle.Malformed => "not judged: broken header",
            _ => "not judged: unknown protocol or route",
        },
    };
}
