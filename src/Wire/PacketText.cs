using System.Globalization;
using System.Net;
using System.Text;
using Culvert.Wire.Text;

namespace Culvert.Wire;

/// <summary>
/// A packet in human-readable form: as <c>tcpdump -v</c> prints it, every checksum judged, or on one line for a log. Accepts any bytes and
/// never throws. Allocates: for sampled packets and tools, not for the data path.
/// </summary>
public static class PacketText
{
    private const int BytesShown = 24;

    /// <summary>The packet on one to three lines, without a line end at the end.</summary>
    /// <param name="packet">An IP packet, or anything at all.</param>
    internal static string Describe(Span<byte> packet)
    {
        var text = new StringBuilder();
        if (Ipv4View.TryParse(packet, out var v4))
        {
            AppendIpv4(text, v4);
        }
        else if (Ipv6View.TryParse(packet, out var v6))
        {
            AppendIpv6(text, v6);
        }
        else
        {
            return Unreadable(packet);
        }

        if (IpView.TryParse(packet, out var ip))
        {
            TransportText.Append(text, ip);
            if (packet.Length > ip.Packet.Length)
            {
                text.Append(CultureInfo.InvariantCulture, $", padding {packet.Length - ip.Packet.Length}");
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// Returns the packet on one line, for logs: <c>TCP 10.80.0.112:80 &gt; 172.18.128.9:42319 [S.] mss 8961, 60 bytes</c>.
    /// </summary>
    /// <param name="packet">An IP packet, or anything at all.</param>
    public static string Summarize(Span<byte> packet)
    {
        if (!IpView.TryParse(packet, out var ip))
        {
            return Unreadable(packet);
        }

        var text = new StringBuilder(NameOf(ip.Protocol, ip.IsIpv4)).Append(' ');
        TransportText.AppendSummary(text, ip);
        text.Append(CultureInfo.InvariantCulture, $", {ip.Length} bytes");
        return ip.IsTruncated ? text.Append(CultureInfo.InvariantCulture, $" ({ip.Packet.Length} here)").ToString() : text.ToString();
    }

    /// <summary>A protocol's name as tcpdump spells it (<c>TCP</c>, <c>ICMPv6</c>), or <c>protocol 99</c>.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="ipv4">Whether it is carried by IPv4.</param>
    internal static string NameOf(IpProtocol protocol, bool ipv4) => protocol switch
    {
        IpProtocol.HopByHop when !ipv4 => "Options",
        IpProtocol.Icmp => "ICMP",
        IpProtocol.Igmp => "IGMP",
        IpProtocol.Ipv4 => "IPIP",
        IpProtocol.Tcp => "TCP",
        IpProtocol.Udp => "UDP",
        IpProtocol.Ipv6 => "IPv6",
        IpProtocol.Routing when !ipv4 => "Routing",
        IpProtocol.Fragment when !ipv4 => "Fragment",
        IpProtocol.Gre => "GRE",
        IpProtocol.Esp => "ESP",
        IpProtocol.AuthenticationHeader => "AH",
        IpProtocol.Icmpv6 => "ICMPv6",
        IpProtocol.NoNextHeader when !ipv4 => "none",
        IpProtocol.DestinationOptions when !ipv4 => "DSTOPT",
        IpProtocol.Sctp => "SCTP",
        IpProtocol.Mobility => "Mobility",
        IpProtocol.UdpLite => "UDP-Lite",
        _ => string.Create(CultureInfo.InvariantCulture, $"protocol {(int)protocol}"),
    };

    internal static string Address(ReadOnlySpan<byte> address) => new IPAddress(address).ToString();

    private static void AppendIpv4(StringBuilder text, Ipv4View ip)
    {
        text.Append(CultureInfo.InvariantCulture, $"IP (tos 0x{ip.TrafficClass:x}");
        AppendEcn(text, ip.TrafficClass);
        text.Append(CultureInfo.InvariantCulture, $", ttl {ip.TimeToLive}, id {ip.Identification}, offset {ip.FragmentOffset}");
        text.Append(CultureInfo.InvariantCulture, $", flags [{Flags(ip)}]");
        text.Append(CultureInfo.InvariantCulture, $", proto {NameOf(ip.Protocol, ipv4: true)} ({(int)ip.Protocol})");
        text.Append(CultureInfo.InvariantCulture, $", length {ip.TotalLength}");
        if (!ip.Options.IsEmpty)
        {
            text.Append(", options (").Append(Convert.ToHexStringLower(ip.Options)).Append(')');
        }

        var finding = PacketChecksums.JudgeHeader(ip);
        if (finding.Verdict == ChecksumVerdict.Bad)
        {
            text.Append(CultureInfo.InvariantCulture, $", bad cksum {finding.Found:x4} (->{finding.Wanted:x4})!");
        }

        AppendTruncation(text, ip.IsTruncated, ip.Packet.Length);
        text.Append(")\n    ");
    }

    private static void AppendIpv6(StringBuilder text, Ipv6View ip)
    {
        text.Append("IP6 (");
        if (ip.TrafficClass != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"class 0x{ip.TrafficClass:x2}, ");
        }

        if (ip.FlowLabel != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"flowlabel 0x{ip.FlowLabel:x5}, ");
        }

        text.Append(CultureInfo.InvariantCulture, $"hlim {ip.HopLimit}, next-header {NameOf(ip.NextHeader, ipv4: false)}");
        text.Append(CultureInfo.InvariantCulture, $" ({(int)ip.NextHeader}) payload length: {ip.PayloadLength}");
        AppendTruncation(text, ip.IsTruncated, ip.Packet.Length);
        text.Append(")\n    ");
    }

    private static void AppendTruncation(StringBuilder text, bool truncated, int here)
    {
        if (truncated)
        {
            text.Append(CultureInfo.InvariantCulture, $", truncated: {here} bytes here");
        }
    }

    private static void AppendEcn(StringBuilder text, byte trafficClass)
    {
        const int EcnMask = 3;
        text.Append((trafficClass & EcnMask) switch { 1 => ",ECT(1)", 2 => ",ECT(0)", 3 => ",CE", _ => "" });
    }

    private static string Flags(Ipv4View ip)
    {
        var flags = (ip.ReservedFlag ? ",rsvd" : "") + (ip.MoreFragments ? ",+" : "") + (ip.DontFragment ? ",DF" : "");
        return flags.Length == 0 ? "none" : flags[1..];
    }

    private static string Unreadable(ReadOnlySpan<byte> packet)
    {
        var shown = Convert.ToHexStringLower(packet[..Math.Min(packet.Length, BytesShown)]);
        var more = packet.Length > BytesShown ? "…" : "";
        if (packet.Length > Ipv4View.MinimumHeaderLength && packet[0] >> 4 == 4 && (packet[2] | packet[3]) == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"IPv4 length 0, {packet.Length} bytes, captured before segmentation: {shown}{more}");
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"no readable IP header, {packet.Length} bytes{(packet.IsEmpty ? "" : ": ")}{shown}{more}");
    }
}
