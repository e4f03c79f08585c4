using Culvert.Plugins.MssClamp;
using Plugins.Tests.Packets;
using static Plugins.Tests.Packets.TcpBytes;

namespace Plugins.Tests.Cases;

/// <summary>Table O: the option is found where it is, and nowhere else.</summary>
internal static class OptionCases
{
    private const string Tcp = "RFC 9293 section 3.1";
    private const string MssOption = "RFC 9293 section 3.7.1";

    private static readonly byte[] _full = List(Timestamps(1, 2), Unknown(22), SackPermitted, Nop, Nop);

    private static readonly MssClampOptions _insert = ClampCase.To(1360) with { InsertMissing = true };

    public static IEnumerable<ClampCase> All => [.. Position, .. Malformed, .. Missing];

    private static IEnumerable<ClampCase> Position =>
    [
        Clamped("O1a", "MSS behind NOP NOP SACK-permitted", Tcp, mss => List(Nop, Nop, SackPermitted, Mss(mss))),
        Clamped("O1b", "MSS behind SACK-permitted and timestamps", Tcp, mss => List(SackPermitted, Timestamps(1, 2), Mss(mss))),
        new("O2a", "two MSS options that both exceed: both are lowered", MssOption, Syn(List(Mss(1460), Mss(8960))), "clamped", "duplicate")
        {
            After = Syn(List(Mss(1360), Mss(1360))).ToBytes(),
        },
        new("O2b", "two MSS options, only the second exceeds", MssOption, Syn(List(Mss(500), Mss(8960))), "clamped", "duplicate")
        {
            After = Syn(List(Mss(500), Mss(1360))).ToBytes(),
        },
        new("O2c", "two MSS options, none exceeds", MssOption, Syn(List(Mss(500), Mss(1360))), "already-small", "duplicate"),
        Clamped("O6a", "MSS in the last four bytes", Tcp, mss => List(WindowScale(7), Nop, Mss(mss))),
        new("O6b", "MSS kind in the last byte, no length byte", Tcp, Syn([1, 1, 1, 2]), "malformed-option"),
        Clamped("O8a", "data offset 15, full of options", Tcp, mss => List(_full, Mss(mss))),
    ];

    private static IEnumerable<ClampCase> Malformed =>
    [
        new("O3a", "MSS kind with length 2", MssOption, Syn([2, 2, 0x05, 0xB4]), "malformed-option"),
        new("O3b", "MSS kind with length 3", MssOption, Syn([2, 3, 0x05, 1]), "malformed-option"),
        new("O3c", "MSS kind with length 5", MssOption, Syn([2, 5, 0x05, 0xB4, 0x05, 1, 1, 1]), "malformed-option"),
        new("O3d", "MSS running past the header into the payload", Tcp, Syn([1, 1, 2, 4]) with { Payload = [0x05, 0xB4] }, "malformed-option"),
        new("O3e", "a broken MSS option before a good one", MssOption, Syn([2, 3, 0x05, 1, .. Mss(1460)]), "clamped", "malformed-option")
        {
            After = Syn([2, 3, 0x05, 1, .. Mss(1360)]).ToBytes(),
        },
        new("O4a", "MSS kind with length 0", Tcp, Syn([2, 0, 0x05, 0xB4]), "malformed-option"),
        new("O4b", "an option of length 0 before MSS", Tcp, Syn([253, 0, 1, 1, .. Mss(1460)]), "malformed-option"),
        new("O4c", "an option of length 1 before MSS", Tcp, Syn([253, 1, 1, 1, .. Mss(1460)]), "malformed-option"),
        new("O4d", "an option of length 0 behind MSS", Tcp, Syn([.. Mss(1460), 253, 0, 1, 1]), "clamped", "malformed-option")
        {
            After = Syn([.. Mss(1360), 253, 0, 1, 1]).ToBytes(),
        },
        new("O5", "end of list before the MSS bytes: they are padding", Tcp, Syn([0, 0, 0, 0, .. Mss(1460)]), "no-mss-option"),
        new("O7a", "data offset 4", Tcp, Syn(Mss(1460)) with { DataOffset = 4 }, "malformed-tcp"),
        new("O7b", "data offset past the packet's end", Tcp, Syn(Mss(1460)) with { DataOffset = 7 }, "malformed-tcp"),
        new("O7c", "data offset 0", Tcp, Syn(Mss(1460)) with { DataOffset = 0 }, "malformed-tcp"),
    ];

    private static IEnumerable<ClampCase> Missing =>
    [
        new("O8b", "data offset 15 without MSS: no room to insert", Tcp, Syn(List(_full, Nop, Nop, Nop, Nop)), "no-mss-option")
        {
            Options = _insert,
        },
        new("O9a", "no MSS option: left alone", MssOption, Syn(List(Nop, Nop, SackPermitted)), "no-mss-option"),
        new("O9b", "no options at all: left alone", MssOption, Syn([]), "no-mss-option"),
        Inserted("O9c", "no options: 536 is inserted", Syn([]), 536),
        Inserted("O9d", "inserted in front of the others", Syn(List(WindowScale(7), SackPermitted, Timestamps(1, 2), Nop)), 536),
        Inserted("O9e", "IPv6: 1220 is inserted", Syn([]) with { IsIpv6 = true }, 1220),
        Inserted("O9f", "IPv4 options in front of TCP", Syn(SackPermitted) with { IpOptions = [7, 7, 4, 0, 0, 0, 0, 0] }, 536),
        Inserted("O9g", "padding behind the packet moves with it", Syn([]) with { Padding = [0xAA, 0xBB] }, 536),
        Inserted("O9h", "a SYN/ACK", Syn([]) with { Flags = TcpBytes.Syn | Ack }, 536),
        new("O9i", "with payload: nothing is inserted", "RFC 7413 section 3", Syn([]) with { Payload = [1, 2, 3] }, "no-mss-option")
        {
            Options = _insert,
        },
        new("O9j", "four bytes more would exceed the MTU", MssOption, Syn([]), "no-mss-option") { Options = _insert, Mtu = 43 },
        new("O9k", "broken options: nothing is inserted", MssOption, Syn([2, 0, 0x05, 0xB4]), "malformed-option") { Options = _insert },
        new("O9l", "a first fragment: nothing is inserted", "RFC 791 section 3.2", Syn([]) with { Fragment = 0x2000 }, "no-mss-option")
        {
            Options = _insert,
        },
        new("O9m", "a family that is left alone gets none", MssOption, Syn([]), "no-mss-option")
        {
            Options = new() { Mss = new MssSetting(MssValue.None, MssValue.Auto), InsertMissing = true },
        },
    ];

    private static TcpPacket Syn(byte[] options) => new() { Options = options };

    private static ClampCase Clamped(string row, string about, string source, Func<int, byte[]> options) =>
        new(row, about, source, Syn(options(1460)), "clamped") { After = Syn(options(1360)).ToBytes() };

    private static ClampCase Inserted(string row, string about, TcpPacket before, int mss) =>
        new(row, about, MssOption, before, "inserted")
        {
            Options = _insert,
            After = (before with { Options = [.. Mss(mss), .. before.Options] }).ToBytes(),
        };
}
