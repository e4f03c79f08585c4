using System.Collections.Frozen;
using Culvert.Wire;
using Flags = Culvert.Wire.TcpFlags;

namespace Culvert.Filtering.Grammar;

/// <summary>The names that the language has for numbers. Sources: IANA's registries, and tcpdump's words.</summary>
internal static class Names
{
    /// <summary>Protocols that are a condition of their own and may follow <c>proto</c>.</summary>
    public static readonly FrozenDictionary<string, uint> Protocols = Table(
        ("icmp", (uint)IpProtocol.Icmp), ("igmp", (uint)IpProtocol.Igmp), ("tcp", (uint)IpProtocol.Tcp), ("udp", (uint)IpProtocol.Udp),
        ("gre", (uint)IpProtocol.Gre), ("esp", (uint)IpProtocol.Esp), ("ah", (uint)IpProtocol.AuthenticationHeader),
        ("icmp6", (uint)IpProtocol.Icmpv6), ("sctp", (uint)IpProtocol.Sctp));

    /// <summary>TCP flags, RFC 9293 §3.1.</summary>
    public static readonly FrozenDictionary<string, uint> TcpFlags = Table(
        ("fin", (uint)Flags.Fin), ("syn", (uint)Flags.Syn), ("rst", (uint)Flags.Rst), ("push", (uint)Flags.Psh), ("ack", (uint)Flags.Ack),
        ("urg", (uint)Flags.Urg), ("ece", (uint)Flags.Ece), ("cwr", (uint)Flags.Cwr));

    /// <summary>ICMP types, RFC 792 and RFC 1256.</summary>
    public static readonly FrozenDictionary<string, uint> IcmpTypes = Table(
        ("echo-reply", 0), ("destination-unreachable", 3), ("source-quench", 4), ("redirect", 5), ("echo-request", 8),
        ("router-advertisement", 9), ("router-solicitation", 10), ("time-exceeded", 11), ("parameter-problem", 12),
        ("timestamp-request", 13), ("timestamp-reply", 14),
        ("icmp-echoreply", 0), ("icmp-unreach", 3), ("icmp-sourcequench", 4), ("icmp-redirect", 5), ("icmp-echo", 8),
        ("icmp-routeradvert", 9), ("icmp-routersolicit", 10), ("icmp-timxceed", 11), ("icmp-paramprob", 12), ("icmp-tstamp", 13),
        ("icmp-tstampreply", 14));

    /// <summary>ICMPv6 types, RFC 4443 and RFC 4861.</summary>
    public static readonly FrozenDictionary<string, uint> Icmpv6Types = Table(
        ("destination-unreachable", 1), ("packet-too-big", 2), ("time-exceeded", 3), ("parameter-problem", 4), ("echo-request", 128),
        ("echo-reply", 129), ("router-solicitation", 133), ("router-advertisement", 134), ("neighbor-solicitation", 135),
        ("neighbor-advertisement", 136), ("redirect", 137),
        ("icmp6-packettoobig", 2), ("icmp6-timeexceeded", 3), ("icmp6-parameterproblem", 4), ("icmp6-echo", 128), ("icmp6-echoreply", 129),
        ("icmp6-routersolicit", 133), ("icmp6-routeradvert", 134), ("icmp6-neighborsolicit", 135), ("icmp6-neighboradvert", 136),
        ("icmp6-redirect", 137));

    /// <summary>DSCP code points, RFC 2474, RFC 2597, RFC 3246, RFC 8622.</summary>
    public static readonly FrozenDictionary<string, uint> Dscps = Table(
        ("cs0", 0), ("le", 1), ("cs1", 8), ("af11", 10), ("af12", 12), ("af13", 14), ("cs2", 16), ("af21", 18), ("af22", 20), ("af23", 22),
        ("cs3", 24), ("af31", 26), ("af32", 28), ("af33", 30), ("cs4", 32), ("af41", 34), ("af42", 36), ("af43", 38), ("cs5", 40),
        ("ef", 46), ("cs6", 48), ("cs7", 56));

    /// <summary>ECN code points, RFC 3168 §5.</summary>
    public static readonly FrozenDictionary<string, uint> Ecns = Table(("not-ect", 0), ("ect1", 1), ("ect0", 2), ("ce", 3));

    /// <summary>Nothing but numbers.</summary>
    public static readonly FrozenDictionary<string, uint> None = Table();

    private static FrozenDictionary<string, uint> Table(params (string Name, uint Number)[] rows) =>
        rows.ToFrozenDictionary(row => row.Name, row => row.Number);
}
