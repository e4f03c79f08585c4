using Culvert.Testing;
using Plugins.Tests.Packets;
using static Plugins.Tests.Packets.TcpBytes;

namespace Plugins.Tests.Cases;

/// <summary>The guard's verdicts: valid, bad, none carried, cannot be judged; for every protocol that it judges.</summary>
internal static class GuardCases
{
    private const string Tcp = "RFC 9293 section 3.1";
    private const string Udp = "RFC 768";
    private const string Ipv6 = "RFC 8200 section 8.1";

    private static readonly string[] _goodHeader = ["ipv4-header/judged", "ipv4-header/valid"];
    private static readonly TcpPacket _segment = new() { Flags = Ack, Payload = [1, 2, 3] };

    public static IEnumerable<GuardCase> All => [.. Valid, .. Bad, .. NotJudged];

    private static IEnumerable<GuardCase> Valid =>
    [
        new("TCP over IPv4", Tcp, _segment.ToBytes(), [.. _goodHeader, .. Judged("tcp", "valid")]),
        new("TCP over IPv6", Ipv6, (_segment with { IsIpv6 = true }).ToBytes(), Judged("tcp", "valid")),
        new("the report's SYN/ACK as it entered", "the report's capture", ClampCase.Hex(ArithmeticCases.OriginIn),
            [.. _goodHeader, .. Judged("tcp", "valid")]),
        new("TCP whose checksum is 0000", Tcp, _segment.WithRightChecksum(0).ToBytes(), [.. _goodHeader, .. Judged("tcp", "valid")]),
        new("UDP over IPv4", Udp, Datagram().Build(), [.. _goodHeader, .. Judged("udp", "valid")]),
        new("UDP over IPv6", Ipv6, Datagram6().Build(), Judged("udp", "valid")),
        new("UDP over IPv4 without a checksum", Udp, Datagram().Checksum(0).Build(), [.. _goodHeader, "udp/none-carried"]),
        new("ICMP echo", "RFC 792", Ping().Build(), [.. _goodHeader, .. Judged("icmp", "valid")]),
        new("ICMPv6 echo", "RFC 4443 section 2.3", Ping6().Build(), Judged("icmpv6", "valid")),
        new("padding behind the packet is left out", "RFC 791 section 3.1", (_segment with { Padding = [9, 9, 9] }).ToBytes(),
            [.. _goodHeader, .. Judged("tcp", "valid")]),
        new("an atomic fragment is a whole packet", "RFC 6946 section 4", Chained(44, [6, 0, 0, 0, 0, 0, 0, 1]), Judged("tcp", "valid")),
        new("extension headers in front", Ipv6, Chained(0, [6, 0, 5, 2, 0, 0, 1, 0]), Judged("tcp", "valid")),
    ];

    private static IEnumerable<GuardCase> Bad =>
    [
        BadOne("the report's SYN/ACK as tinc left it", "the report's capture", "tcp",
            ClampCase.Hex("4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df030100000204057d0402080a0862b134081b5bcd01030307"),
            ClampCase.Hex("4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df030200000204057d0402080a0862b134081b5bcd01030307")),
        BadOne("TCP over IPv4, wrong by one", Tcp, "tcp",
            (_segment with { Checksum = (ushort)(_segment.RightChecksum + 1) }).ToBytes(), _segment.ToBytes()),
        BadOne("A9: TCP with the pseudo-header's sum only, as a device would complete it", Tcp, "tcp",
            (_segment with { Checksum = PartialChecksum(_segment) }).ToBytes(), _segment.ToBytes()),
        BadOne("UDP over IPv4, wrong", Udp, "udp", Datagram().Checksum(0x1234).Build(), Datagram().Build()),
        BadOne("ICMP, wrong", "RFC 792", "icmp", Ping().Checksum(0x1234).Build(), Ping().Build()),
        new("UDP over IPv6 without a checksum", Ipv6, Datagram6().Checksum(0).Build(), Judged("udp", "bad"))
        {
            Repaired = Datagram6().Build(), DroppedAs = "udp",
        },
        new("ICMPv6 without the pseudo-header", "RFC 4443 section 2.3", Ping6().Checksum(0x1234).Build(), Judged("icmpv6", "bad"))
        {
            Repaired = Ping6().Build(), DroppedAs = "icmpv6",
        },
        new("IPv4 header, wrong", "RFC 791 section 3.1", WithHeaderChecksum(_segment.ToBytes(), 0x1234),
            [.. Judged("ipv4-header", "bad"), .. Judged("tcp", "valid")])
        {
            Repaired = _segment.ToBytes(), DroppedAs = "ipv4-header",
        },
        new("IPv4 header and TCP, both wrong", "RFC 791 section 3.1", WithHeaderChecksum((_segment with { Checksum = 7 }).ToBytes(), 0x1234),
            [.. Judged("ipv4-header", "bad"), .. Judged("tcp", "bad")])
        {
            Repaired = _segment.ToBytes(), DroppedAs = "ipv4-header",
        },
    ];

    private static IEnumerable<GuardCase> NotJudged =>
    [
        Unjudged("P6: a first fragment with a whole TCP header", "RFC 791 section 3.2", "tcp", "fragment",
            _segment with { Fragment = 0x2000, Checksum = 7 }),
        Unjudged("P5: a later fragment", "RFC 791 section 3.2", "tcp", "fragment", _segment with { Fragment = 0x0010 }),
        Unjudged("shorter than its header says", "RFC 791 section 3.1", "tcp", "truncated", _segment with { LengthError = 1 }),
        Unjudged("a data offset that cannot be", Tcp, "tcp", "malformed", _segment with { DataOffset = 15 }),
        new("SCTP", "RFC 9260", [.. Ipv4(132, [1, 2, 3, 4])], [.. _goodHeader, "other/cannot-be-judged", "unknown-protocol"]),
        new("ESP", "RFC 4303", [.. Ipv4(50, new byte[16])], [.. _goodHeader, "other/cannot-be-judged", "unknown-protocol"]),
        new("a UDP length below its header's", Udp, [.. Ipv4(17, [0, 1, 0, 2, 0, 7, 0, 0])],
            [.. _goodHeader, "udp/cannot-be-judged", "malformed"]),
        new("a UDP length above the packet's", Udp, [.. Ipv4(17, [0, 1, 0, 2, 0, 9, 0, 0])],
            [.. _goodHeader, "udp/cannot-be-judged", "malformed"]),
        new("a route of an unknown type that is not used up", Ipv6, Chained(43, [6, 0, 200, 1, 0, 0, 0, 0]),
            "tcp/cannot-be-judged", "unknown-protocol"),
        new("no packet at all", "RFC 791 section 3.1", [], "other/cannot-be-judged", "malformed"),
        new("version 5", "RFC 791 section 3.1", [0x55, .. new byte[60]], "other/cannot-be-judged", "malformed"),
    ];

    /// <summary>What virtio's NEEDS_CSUM leaves in the field (virtio 1.2 section 5.1.6.2).</summary>
    private static ushort PartialChecksum(TcpPacket packet) =>
        (ushort)SlowChecksum.Sum(SlowChecksum.PseudoHeader([192, 0, 2, 1], [198, 51, 100, 2], 6, 20 + packet.Payload.Length));

    private static PacketBuilder Datagram() => PacketBuilder.Ipv4("192.0.2.1", "198.51.100.2").Udp(1000, 2000).Payload([1, 2, 3]);

    private static PacketBuilder Datagram6() => PacketBuilder.Ipv6("2001:db8::1", "2001:db8::2").Udp(1000, 2000).Payload([1, 2, 3]);

    private static PacketBuilder Ping() => PacketBuilder.Ipv4("192.0.2.1", "198.51.100.2").Ping(1, 2).Payload([1, 2, 3]);

    private static PacketBuilder Ping6() => PacketBuilder.Ipv6("2001:db8::1", "2001:db8::2").Ping(1, 2).Payload([1, 2, 3]);

    private static string[] Judged(string protocol, string verdict) => [$"{protocol}/judged", $"{protocol}/{verdict}"];

    private static GuardCase BadOne(string name, string source, string protocol, byte[] packet, byte[] repaired) =>
        new(name, source, packet, [.. _goodHeader, .. Judged(protocol, "bad")]) { Repaired = repaired, DroppedAs = protocol };

    private static GuardCase Unjudged(string name, string source, string protocol, string why, TcpPacket packet) =>
        new(name, source, packet.ToBytes(), [.. _goodHeader, $"{protocol}/cannot-be-judged", why]);

    private static byte[] Chained(byte first, byte[] headers) =>
        (_segment with { IsIpv6 = true, FirstHeader = first, IpOptions = headers }).ToBytes();

    private static byte[] Ipv4(byte protocol, byte[] payload)
    {
        byte[] header = [0x45, 0, 0, (byte)(20 + payload.Length), 0, 1, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2];
        return [.. WithHeaderChecksum(header, SlowChecksum.Of([], header, 10)), .. payload];
    }

    private static byte[] WithHeaderChecksum(byte[] packet, ushort checksum)
    {
        (packet[10], packet[11]) = ((byte)(checksum >> 8), (byte)checksum);
        return packet;
    }
}
