using Plugins.Tests.Packets;
using static Plugins.Tests.Cases.ClampCase;
using static Plugins.Tests.Packets.TcpBytes;

namespace Plugins.Tests.Cases;

/// <summary>Table A: the sum comes out right. Row A3 is a law (ChecksumLaws), A9 is the TUN endpoint's.</summary>
internal static class ArithmeticCases
{
    /// <summary>The SYN/ACK of the report that the project starts from, as it entered the tunnel: MSS 8961, checksum e771.</summary>
    public const string OriginIn =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307";

    private const string OriginOut =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df04f600000204057d0402080a0862af40081b5bcd01030307";

    private const string OriginLaterIn =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe57d0000020423010402080a0862b134081b5bcd01030307";

    private const string OriginLaterOut =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df03020000020405" + "7d0402080a0862b134081b5bcd01030307";

    private const string OddOffsetIn =
        "4500003000004000400626c60a0000010a000002c00001bb000000010000000070027fff78100000030307020405b401";

    private const string OddOffsetOut =
        "4500003000004000400626c60a0000010a000002c00001bb000000010000000070027fffdc1000000303070204055001";

    private static readonly TcpPacket _syn = new() { Options = Mss(1460) };

    public static IEnumerable<ClampCase> All =>
    [
        new("A1", "the report's SYN/ACK, 8961 to 1405", "the report's capture; RFC 1624 section 3", Hex(OriginIn), "clamped")
        {
            Options = To(1405), After = Hex(OriginOut),
        },
        new("A2", "the same 2 s later, where tinc was off by one", "the report's capture", Hex(OriginLaterIn), "clamped")
        {
            Options = To(1405), After = Hex(OriginLaterOut),
        },
        new("A4", "HC dd2f, 5555 to 3285 gives 0000", "RFC 1624 section 4", Rfc1624(0x5555, 0xDD2F), "clamped")
        {
            Options = To(0x3285), After = (Rfc1624(0x5555, 0xDD2F) with { Options = Mss(0x3285) }).ToBytes(),
        },
        new("A5a", "the MSS is the limit: the checksum is not touched", "RFC 1624 section 3", _syn with { Options = Mss(1360) }, "already-small"),
        new("A5b", "the same with a checksum of 0000", "RFC 1624 errata 4782", Rfc1624(1360, 0), "already-small"),
        new("A6", "the result is 0000 and stays 0000", "RFC 9293 section 3.1", Zero(1460), "clamped") { After = Zero(1360).ToBytes() },
        new("A7a", "MSS at an odd offset", "RFC 1071 section 2 (B)", Hex(OddOffsetIn), "clamped") { After = Hex(OddOffsetOut) },
        new("A7b", "MSS at an odd offset, IPv6", "RFC 1071 section 2 (B)", Odd(1460), "clamped") { After = Odd(1360).ToBytes() },
        new("A8a", "a checksum one too high stays one too high", "RFC 1624 section 3", Wrong(1460, 1), "clamped")
        {
            After = Wrong(1360, 1).ToBytes(), IsSound = false,
        },
        new("A8b", "a checksum that is far off stays as far off", "RFC 1624 section 3", Wrong(1460, 0x1234), "clamped")
        {
            After = Wrong(1360, 0x1234).ToBytes(), IsSound = false,
        },
    ];

    private static TcpPacket Rfc1624(int mss, ushort checksum) => new TcpPacket { Options = Mss(mss) }.WithRightChecksum(checksum);

    /// <summary>The packet whose checksum is 0000 once its MSS is 1360, with another MSS.</summary>
    private static TcpPacket Zero(int mss) => Rfc1624(1360, 0) with { Options = Mss(mss) };

    private static TcpPacket Odd(int mss) => new() { IsIpv6 = true, Options = List(WindowScale(7), Mss(mss), Nop) };

    /// <summary>A packet whose checksum is wrong by a difference, in one's complement.</summary>
    private static TcpPacket Wrong(int mss, int difference)
    {
        var packet = _syn with { Options = Mss(mss) };
        var wrong = packet.RightChecksum + difference;
        return packet with { Checksum = (ushort)((wrong & 0xFFFF) + (wrong >> 16)) };
    }
}
