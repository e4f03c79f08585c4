using System.Globalization;

namespace Culvert.Wire.Text;

/// <summary>ICMP and ICMPv6 messages in tcpdump's words. Types: RFC 792, 1191, 4443, 4861.</summary>
internal static class IcmpText
{
    /// <summary><c>echo request, id 1, seq 2</c>; null when the packet carries no whole ICMP header of its family.</summary>
    public static string? Message(IpView ip)
    {
        if (ip.IsIpv4 && ip.Protocol == IpProtocol.Icmp && IcmpView.TryParse(ip.Transport, out var icmp))
        {
            return (icmp.Type, icmp.Code) switch
            {
                (0, _) => Echo("echo reply", icmp.Identifier, icmp.Sequence),
                (8, _) => Echo("echo request", icmp.Identifier, icmp.Sequence),
                (3, 4) => string.Create(CultureInfo.InvariantCulture, $"unreachable - need to frag (mtu {icmp.NextHopMtu})"),
                (3, _) => "unreachable - " + Unreachable(icmp.Code),
                (5, _) => "redirect",
                (11, 0) => "time exceeded in-transit",
                (11, _) => "ip reassembly time exceeded",
                (12, _) => "parameter problem",
                _ => Unknown(icmp.Type, icmp.Code),
            };
        }

        if (!ip.IsIpv4 && ip.Protocol == IpProtocol.Icmpv6 && Icmpv6View.TryParse(ip.Transport, out var icmpv6))
        {
            return (icmpv6.Type, icmpv6.Code) switch
            {
                (1, _) => string.Create(CultureInfo.InvariantCulture, $"destination unreachable, code {icmpv6.Code}"),
                (2, _) => string.Create(CultureInfo.InvariantCulture, $"packet too big, mtu {icmpv6.Mtu}"),
                (3, 0) => "time exceeded in-transit",
                (3, _) => "ip reassembly time exceeded",
                (4, _) => "parameter problem",
                (128, _) => Echo("echo request", icmpv6.Identifier, icmpv6.Sequence),
                (129, _) => Echo("echo reply", icmpv6.Identifier, icmpv6.Sequence),
                (133, _) => "router solicitation",
                (134, _) => "router advertisement",
                (135, _) => "neighbor solicitation",
                (136, _) => "neighbor advertisement",
                (143, _) => "multicast listener report v2",
                _ => Unknown(icmpv6.Type, icmpv6.Code),
            };
        }

        return null;
    }

    private static string Echo(string name, int identifier, int sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}, id {identifier}, seq {sequence}");

    private static string Unreachable(byte code) => code switch
    {
        0 => "net",
        1 => "host",
        2 => "protocol",
        3 => "port",
        9 or 10 or 13 => "admin prohibited",
        _ => string.Create(CultureInfo.InvariantCulture, $"code {code}"),
    };

    private static string Unknown(byte type, byte code) =>
        string.Create(CultureInfo.InvariantCulture, $"type {type}, code {code}");
}
