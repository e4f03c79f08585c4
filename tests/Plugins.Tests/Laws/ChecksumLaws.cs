using Culvert.Plugins.MssClamp;
using Culvert.Wire;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Laws;

/// <summary>
/// Row A3: the clamp's checksum is the one that a full recompute gives, proved over every checksum that a packet can have. RFC 1624.
/// </summary>
public sealed class ChecksumLaws
{
    private const int Window = 20 + 14, Checksum = 20 + 16, Options = 20 + 20;

    /// <summary>From the report, from everyday paths, and from the ends of the range.</summary>
    public static TheoryData<int, int> Pairs => new()
    {
        { 8961, 1405 }, { 1460, 1360 }, { 1440, 1380 }, { 65535, 536 }, { 65535, 65534 }, { 1, 0 }, { 0x8000, 0x7FFF }, { 0x0100, 0x00FF },
        { 0x5555, 0x3285 }, { 65535, 0 }, { 0xFF00, 0x00FF },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_checksum_at_an_even_offset(int old, int limit) => Prove(old, limit, TcpBytes.Mss, lead: 0);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_checksum_at_an_odd_offset(int old, int limit) =>
        Prove(old, limit, mss => TcpBytes.List(TcpBytes.WindowScale(7), TcpBytes.Mss(mss), TcpBytes.Nop), lead: 3);

    /// <summary>A wrong checksum stays wrong by the same amount (row A8), whatever it was.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_error_is_kept(int old, int limit)
    {
        for (var checksum = 0; checksum < 65536; checksum++)
        {
            foreach (var offset in new[] { 22, 25 })
            {
                var updated = InternetChecksum.Update16((ushort)checksum, (ushort)old, (ushort)limit, offset);
                var change = offset % 2 == 0 ? old - limit : Swap(old) - Swap(limit);
                if ((checksum + change - updated) % 65535 != 0)
                {
                    Assert.Fail($"{checksum:x4} became {updated:x4} at offset {offset}");
                }
            }
        }
    }

    /// <summary>The window runs through all values, and with it the right checksum: 65,536 packets, each held against the slow twin.</summary>
    private static void Prove(int old, int limit, Func<int, byte[]> options, int lead)
    {
        var template = new TcpPacket { Options = options(old), Window = 0 };
        var packet = template.ToBytes();
        var slowBefore = new RunningSum(template);
        var slowAfter = new RunningSum(template with { Options = options(limit) });
        var seen = new HashSet<int>();
        for (var window = 0; window < 65536; window++)
        {
            var before = slowBefore.ChecksumFor(window);
            seen.Add(before);
            Write(packet, Window, window);
            Write(packet, Checksum, before);
            Write(packet, Options + lead + 2, old);

            var result = MssClamper.Clamp(packet, new MssLimits(limit, limit));

            var (mss, after) = (Read(packet, Options + lead + 2), Read(packet, Checksum));
            if (result.Outcome != MssOutcome.Clamped || mss != limit || after != slowAfter.ChecksumFor(window))
            {
                Assert.Fail($"{result.Outcome}, MSS {mss}: {before:x4} became {after:x4}, wanted {slowAfter.ChecksumFor(window):x4}");
            }
        }

        // All but ffff, which no packet has: its sum would be zero, and that of a packet with an address never is.
        Assert.Equal(65535, seen.Count);
        Assert.DoesNotContain(0xFFFF, seen);
    }

    private static int Swap(int word) => ((word & 0xFF) << 8) | (word >> 8);

    private static int Read(byte[] packet, int offset) => (packet[offset] << 8) | packet[offset + 1];

    private static void Write(byte[] packet, int offset, int word) => (packet[offset], packet[offset + 1]) = ((byte)(word >> 8), (byte)word);

    /// <summary>The slow sum of a packet whose window is 0; the checksum for any other window follows by one addition.</summary>
    private sealed class RunningSum(TcpPacket packet)
    {
        private readonly int _sum = 0xFFFF - packet.RightChecksum;

        public int ChecksumFor(int window)
        {
            var sum = _sum + window;
            return 0xFFFF - ((sum & 0xFFFF) + (sum >> 16));
        }
    }
}
