using Culvert.Plugins.MssClamp;
using Plugins.Tests.Packets;
using static Plugins.Tests.Cases.ClampCase;
using static Plugins.Tests.Packets.TcpBytes;

namespace Plugins.Tests.Cases;

/// <summary>Table P: the right packets are touched, and only they. Row P11 is <see cref="FrameTests"/>, P14 is checked for every case.</summary>
internal static class PacketCases
{
    private const string Ipv4 = "RFC 791 section 3.1";
    private const string Ipv6 = "RFC 8200 section 4";
    private const byte HopByHop = 0, Routing = 43, FragmentHeader = 44, Esp = 50, Authentication = 51, None = 59, DestinationOptions = 60;

    private static readonly TcpPacket _syn = new() { Options = Mss(1460) };
    private static readonly TcpPacket _syn6 = new() { IsIpv6 = true, Options = Mss(1440) };
    private static readonly MssClampOptions _insert = To(1360) with { InsertMissing = true };

    public static IEnumerable<ClampCase> All => [.. Segments, .. Headers, .. Chains, .. Broken, .. Values];

    private static IEnumerable<ClampCase> Segments =>
    [
        Clamped("P1a", "SYN", "RFC 9293 section 3.7.1", _syn),
        Clamped("P1b", "SYN/ACK", "RFC 9293 section 3.7.1", _syn with { Flags = TcpBytes.Syn | Ack }),
        Clamped("P1c", "SYN with FIN", "RFC 9293 section 3.7.1", _syn with { Flags = TcpBytes.Syn | Fin }),
        Clamped("P1d", "SYN with RST", "RFC 9293 section 3.7.1", _syn with { Flags = TcpBytes.Syn | Rst }),
        new("P1e", "RST with an MSS option, no SYN", "RFC 9293 section 3.7.1", _syn with { Flags = Rst }, "not-a-syn"),
        new("P2a", "a data segment that carries an MSS option", "RFC 9293 section 3.7.1", _syn with { Flags = Ack }, "not-a-syn"),
        new("P2b", "a data segment whose payload looks like one", "RFC 9293 section 3.7.1",
            new TcpPacket { Flags = Ack | Psh, Payload = Mss(1460) }, "not-a-syn"),
        Clamped("P3a", "SYN with payload", "RFC 7413 section 3", _syn with { Payload = "GET / HTTP/1.0"u8.ToArray() }),
        new("P3b", "SYN with payload and without MSS: never an insertion", "RFC 7413 section 3",
            new TcpPacket { Options = FastOpenRequest, Payload = [1, 2, 3, 4] }, "no-mss-option") { Options = _insert },
    ];

    private static IEnumerable<ClampCase> Headers =>
    [
        Clamped("P4", "IPv4 options: the MSS is not lowered for them", "RFC 6691 section 2", _syn with { IpOptions = [148, 4, 0, 0] }),
        new("P5a", "IPv4, a fragment that is not the first", Ipv4, _syn with { Fragment = 0x2001 }, "fragment"),
        new("P5b", "IPv6, a fragment that is not the first", Ipv6, Chained(FragmentHeader, [6, 0, 0, 0x09, 0, 0, 0, 1]), "fragment"),
        new("P5c", "IPv4, the last fragment", Ipv4, _syn with { Fragment = 0x0010 }, "fragment"),
        Clamped("P6a", "IPv4, a first fragment with a whole TCP header", Ipv4, _syn with { Fragment = 0x2000 }),
        Clamped("P6b", "IPv6, a first fragment with a whole TCP header", Ipv6, Chained(FragmentHeader, [6, 0, 0, 1, 0, 0, 0, 1])),
        new("P6c", "IPv4, a first fragment that ends within the TCP header", Ipv4,
            _syn with { Fragment = 0x2000, DataOffset = 7 }, "fragment"),
        Clamped("P6d", "IPv6, an atomic fragment is a whole packet", "RFC 6946 section 4", Chained(FragmentHeader, [6, 0, 0, 0, 0, 0, 0, 1])),
        Clamped("P7a", "padding behind the packet is untouched", Ipv4, _syn with { Padding = [2, 4, 0xFF, 0xFF, 0, 0] }),
        Clamped("P7b", "the same over IPv6", "RFC 8200 section 3", _syn6 with { Padding = [2, 4, 0xFF, 0xFF, 0, 0] }),
        new("P7c", "total length above the buffer's", Ipv4, _syn with { LengthError = 1 }, "truncated"),
        new("P7d", "payload length above the buffer's", "RFC 8200 section 3", _syn6 with { LengthError = 1 }, "truncated"),
    ];

    private static IEnumerable<ClampCase> Chains =>
    [
        Clamped("P8a", "Hop-by-Hop Options", Ipv6, Chained(HopByHop, [6, 0, 5, 2, 0, 0, 1, 0])),
        Clamped("P8b", "Routing, used up", Ipv6, Chained(Routing, [6, 2, 0, 0, .. new byte[20]])),
        Clamped("P8c", "Destination Options", Ipv6, Chained(DestinationOptions, [6, 0, 1, 4, 0, 0, 0, 0])),
        Clamped("P8d", "Authentication Header", "RFC 4302 section 2.2", Chained(Authentication, [6, 4, .. new byte[22]])),
        Clamped("P8e", "four headers of different kinds", Ipv6, Chained(HopByHop,
            [DestinationOptions, 0, 1, 4, 0, 0, 0, 0, Routing, 1, 1, 10, .. new byte[12], FragmentHeader, 0, 0, 0, 0, 0, 0, 0,
                6, 0, 0, 1, 0, 0, 0, 1])),
        new("P8f", "ESP hides what follows", "RFC 4303 section 2", Chained(Esp, [6, 0, 0, 0, 0, 0, 0, 0]), "not-tcp"),
        new("P8g", "No Next Header: what follows is nothing", "RFC 8200 section 4.7", Chained(None, []), "not-tcp"),
        new("P8h", "a chain that does not end is not followed for ever", Ipv6,
            Chained(DestinationOptions, [.. Enumerable.Repeat(new byte[] { 60, 0, 1, 4, 0, 0, 0, 0 }, 30).SelectMany(one => one)]), "not-ip"),
        new("P8i", "an extension header that is longer than the packet", Ipv6, Chained(HopByHop, [6, 255, 5, 2, 0, 0, 1, 0]), "not-ip"),
        new("P9", "IPv6 SYN, 1440 to 1380", "RFC 8200 section 8.1",
            Hex("600000000018064020010db800000000000000000000000120010db8000000000000000000000002c00001bb000000010000000060027ffffb090000020405a0"),
            "clamped")
        {
            Options = To(1380),
            After = Hex("600000000018064020010db800000000000000000000000120010db8000000000000000000000002c00001bb000000010000000060027ffffb45000002040564"),
        },
        new("P8j", "UDP", "RFC 768", [.. _syn.ToBytes()[..9], 17, .. _syn.ToBytes()[10..]], "not-tcp"),
    ];

    private static IEnumerable<ClampCase> Broken =>
    [
        new("P10a", "no bytes at all", Ipv4, Array.Empty<byte>(), "not-ip"),
        new("P10b", "one byte", Ipv4, [0x45], "not-ip"),
        new("P10c", "version 5", Ipv4, [0x55, .. _syn.ToBytes()[1..]], "not-ip"),
        new("P10d", "an IPv4 header of 16 bytes", Ipv4, [0x44, .. _syn.ToBytes()[1..]], "not-ip"),
        new("P10e", "an IPv4 header that is cut", Ipv4, _syn.ToBytes()[..19], "not-ip"),
        new("P10f", "a TCP header that is cut with its packet", Ipv4, _syn.ToBytes()[..38], "truncated"),
        new("P10g", "a total length that ends within the TCP header", Ipv4, _syn with { LengthError = -10 }, "malformed-tcp"),
        new("P10h", "an IPv6 header that is cut", "RFC 8200 section 3", _syn6.ToBytes()[..39], "not-ip"),
        new("P10i", "a total length shorter than its own header", Ipv4, _syn with { LengthError = -30 }, "not-ip"),
    ];

    private static IEnumerable<ClampCase> Values =>
    [
        new("P12", "MSS 65535", "RFC 2675 section 5.1", _syn with { Options = Mss(65535) }, "clamped")
        {
            After = (_syn with { Options = Mss(1360) }).ToBytes(),
        },
        new("P13a", "MSS at the limit", "RFC 9293 section 3.7.1", _syn with { Options = Mss(1360) }, "already-small"),
        new("P13b", "MSS below the limit is never raised", "RFC 9293 section 3.7.1", _syn with { Options = Mss(536) }, "already-small"),
        new("P13c", "MSS 0", "RFC 9293 section 3.7.1", _syn with { Options = Mss(0) }, "already-small"),
        new("V1", "auto over IPv4: the MTU less 40", "RFC 9293 section 3.7.1", _syn, "clamped")
        {
            Options = new(), Mtu = 1412, After = (_syn with { Options = Mss(1372) }).ToBytes(),
        },
        new("V2", "auto over IPv6: the MTU less 60", "RFC 9293 section 3.7.1", _syn6, "clamped")
        {
            Options = new(), Mtu = 1412, After = (_syn6 with { Options = Mss(1352) }).ToBytes(),
        },
        new("V3", "a limit for each family", "RFC 9293 section 3.7.1", _syn6, "clamped")
        {
            Options = new() { Mss = new MssSetting(MssValue.Of(1300), MssValue.Of(1240)) },
            After = (_syn6 with { Options = Mss(1240) }).ToBytes(),
        },
        new("V4", "a family that is left alone", "RFC 9293 section 3.7.1", _syn6, "already-small")
        {
            Options = new() { Mss = new MssSetting(MssValue.Of(1300), MssValue.None) },
        },
        new("V5", "an MTU that fell to the least there is: nothing wraps", "RFC 791 section 3.2", _syn6, "clamped")
        {
            Options = new(), Mtu = 68, After = (_syn6 with { Options = Mss(8) }).ToBytes(),
        },
        new("V6", "an MTU below the headers: nothing wraps", "RFC 791 section 3.2", _syn6, "clamped")
        {
            Options = new(), Mtu = 20, After = (_syn6 with { Options = Mss(1) }).ToBytes(),
        },
    ];

    private static TcpPacket Chained(byte first, byte[] headers) => _syn6 with { FirstHeader = first, IpOptions = headers };

    private static ClampCase Clamped(string row, string about, string source, TcpPacket before) =>
        new(row, about, source, before, "clamped") { After = (before with { Options = Mss(1360) }).ToBytes() };
}
