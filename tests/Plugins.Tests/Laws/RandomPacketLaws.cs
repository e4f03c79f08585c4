using Culvert.Plugins.MssClamp;
using Culvert.Tools.Captures;
using Culvert.Wire;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Laws;

/// <summary>The clamp over millions of random packets, held against a twin that recomputes everything, and over damaged ones.</summary>
public sealed class RandomPacketLaws
{
    private const int Parts = 4;
    private const int PacketsPerPart = 500_000;
    private const int DamagedPerPart = 60_000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Parts)];

    /// <summary>Row A3, with rows O1, O2, P4, P8 and P11 in all combinations: byte for byte what a full recompute gives.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_random_SYN_equals_the_result_of_a_full_recomputation(int seed)
    {
        var syn = new RandomSyn(seed);
        var limits = new Random(seed);
        var outcomes = new Dictionary<MssOutcome, int>();
        for (var i = 0; i < PacketsPerPart; i++)
        {
            syn.Next();
            var limit = limits.Next(1, 65536);
            var expected = syn.Expect(limit);
            var largest = syn.MssOffsets.Length == 0 ? -1 : Largest(syn);

            var result = MssClamper.Clamp(PacketOf(syn), new MssLimits(limit, limit));

            if (!syn.Packet.SequenceEqual(expected))
            {
                Assert.Fail($"seed {seed}, packet {i}, limit {limit}: {Convert.ToHexString(syn.Packet)}, wanted {Convert.ToHexString(expected)}");
            }

            var outcome = largest < 0 ? MssOutcome.NoMssOption : largest > limit ? MssOutcome.Clamped : MssOutcome.AlreadySmall;
            if (result != new MssResult(outcome, syn.IsIpv6, syn.MssOffsets.Length > 1))
            {
                Assert.Fail($"seed {seed}, packet {i}: {result}, wanted {outcome}");
            }

            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        Assert.All(outcomes.Values, count => Assert.True(count > PacketsPerPart / 20, "Each outcome is met often."));
        Assert.Equal(3, outcomes.Count);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_damaged_packet_is_changed_in_the_MSS_and_the_checksum_or_not_at_all(int seed)
    {
        var syn = new RandomSyn(-seed);
        var random = new Random(seed);
        var changed = 0;
        for (var i = 0; i < DamagedPerPart; i++)
        {
            syn.Next();
            var packet = Damage(syn.Packet, random);
            var before = packet.ToArray();
            var limits = new MssLimits(random.Next(1, 2000), random.Next(1, 2000));

            var result = MssClamper.Clamp(packet, limits);

            changed += result.Outcome == MssOutcome.Clamped ? 1 : 0;
            CheckChange(before, packet, result, limits);
            var once = packet.ToArray();
            MssClamper.Clamp(packet, limits);
            Assert.True(packet.SequenceEqual(once), "A second pass changes nothing.");
        }

        Assert.InRange(changed, DamagedPerPart / 10, DamagedPerPart);
    }

    private static void CheckChange(byte[] before, ReadOnlySpan<byte> after, MssResult result, MssLimits limits)
    {
        if (result.Outcome != MssOutcome.Clamped)
        {
            Assert.True(after.SequenceEqual(before), $"{result.Outcome}: {Convert.ToHexString(before)}");
            return;
        }

        Assert.True(IpView.TryParse(before, out var ip) && ip.Protocol == IpProtocol.Tcp);
        var tcp = ip.TransportOffset;
        var end = tcp + ((before[tcp + 12] >> 4) * 4);
        Assert.NotEqual(0, before[tcp + 13] & TcpBytes.Syn);
        for (var i = 0; i < before.Length; i++)
        {
            if (before[i] != after[i] && i != tcp + 16 && i != tcp + 17)
            {
                Assert.True(IsInMss(before, i) && i >= tcp + 22 && i < end, $"Byte {i} of {Convert.ToHexString(before)}");
            }
        }

        // The same error before and after: the sum over the whole segment, checksum included, is the same.
        var (sumBefore, sumAfter) = (SlowChecksum.Sum(before[tcp..ip.Length]), SlowChecksum.Sum(after[tcp..ip.Length].ToArray()));
        Assert.Equal(sumBefore % 0xFFFF, sumAfter % 0xFFFF);
        Assert.True((result.IsIpv6 ? limits.Ipv6 : limits.Ipv4) > 0);
    }

    private static bool IsInMss(byte[] packet, int offset) =>
        (packet[offset - 2] == 2 && packet[offset - 1] == 4) || (packet[offset - 3] == 2 && packet[offset - 2] == 4);

    /// <summary>Some bytes replaced, most often in the headers; sometimes cut, sometimes noise behind it.</summary>
    private static Span<byte> Damage(Span<byte> packet, Random random)
    {
        for (var hits = random.Next(3); hits > 0; hits--)
        {
            packet[random.Next(packet.Length)] = (byte)random.Next(256);
        }

        return random.Next(5) switch
        {
            0 => packet[..random.Next(packet.Length)],
            1 => (byte[])[.. packet, .. new byte[random.Next(8)]],
            _ => packet,
        };
    }

    private static int Largest(RandomSyn syn)
    {
        var largest = 0;
        foreach (var offset in syn.MssOffsets)
        {
            largest = Math.Max(largest, (syn.Packet[offset] << 8) | syn.Packet[offset + 1]);
        }

        return largest;
    }

    /// <summary>The packet, found through its frame where it has one.</summary>
    private static Span<byte> PacketOf(RandomSyn syn)
    {
        if (syn.PacketOffset == 0)
        {
            return syn.Packet;
        }

        Assert.True(EthernetView.TryParse(syn.Frame, out var frame) && frame.IsIp);
        return frame.Payload;
    }
}
