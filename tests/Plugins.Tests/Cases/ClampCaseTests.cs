using Culvert.Packets;
using Culvert.Plugins.MssClamp;
using Culvert.Testing;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Plugins.Tests.Cases;

/// <summary>Every row of the case tables through the stage, in both directions.</summary>
public sealed class ClampCaseTests
{
    private static readonly Dictionary<string, ClampCase> _cases =
        ArithmeticCases.All.Concat(OptionCases.All).Concat(PacketCases.All).ToDictionary(one => one.Row);

    public static TheoryData<string> Rows => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_packet_leaves_as_the_row_states(string row)
    {
        var one = _cases[row];
        foreach (var direction in Enum.GetValues<Direction>())
        {
            using var harness = Start(one);
            var passed = harness.Run(direction, default, one.Before).Single();
            Assert.Equal(Convert.ToHexStringLower(one.After ?? one.Before), Convert.ToHexStringLower(passed));
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_packet_is_counted_as_the_row_states(string row)
    {
        var one = _cases[row];
        using var harness = Start(one);
        harness.Outbound(one.Before);
        var counted = harness.Context.Counters.All.Where(counter => counter.Value != 0).ToArray();
        Assert.Equal(one.Counters.Order(), counted.Select(counter => counter.Name).Order());
        Assert.All(counted, counter => Assert.Equal(1, counter.Value));
        Assert.All(counted, counter => Assert.Contains(KeyValuePair.Create("direction", "outbound"), counter.Tags));
        if (IpView.TryParse(one.Before, out var ip) && !one.Counters.Contains("not-ip"))
        {
            var family = KeyValuePair.Create("family", ip.IsIpv4 ? "ipv4" : "ipv6");
            Assert.All(counted, counter => Assert.Contains(family, counter.Tags));
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Nothing_changes_that_the_shape_does_not_declare(string row)
    {
        var one = _cases[row];
        using var harness = Start(one);
        var changes = FieldChanges.Compare([.. one.Before], harness.Outbound(one.Before).Single());
        Assert.Equal(HeaderFields.None, changes.Beyond(harness.Shape.MayChange));
        if (!one.Options.InsertMissing)
        {
            Assert.Equal(HeaderFields.TcpMss | HeaderFields.TransportChecksum, harness.Shape.MayChange);
        }
    }

    /// <summary>Row P14.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void A_second_pass_changes_nothing(string row)
    {
        var one = _cases[row];
        using var harness = Start(one);
        var first = harness.Outbound(one.Before).Single();
        Assert.Equal(first, harness.Outbound(first).Single());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_right_checksum_stays_right(string row)
    {
        var one = _cases[row];
        using var harness = Start(one);
        var passed = harness.Outbound(one.Before).Single();
        if (!IpView.TryParse(passed, out var ip) || PacketChecksums.JudgeTransport(ip) is { Verdict: ChecksumVerdict.CannotBeJudged })
        {
            return;
        }

        Assert.Equal(one.IsSound ? ChecksumVerdict.Valid : ChecksumVerdict.Bad, PacketChecksums.JudgeTransport(ip).Verdict);
    }

    /// <summary>Row P10: wherever a packet is cut, nothing is thrown and nothing changed.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void A_packet_that_is_cut_anywhere_passes_unchanged(string row)
    {
        var one = _cases[row];
        if (!IpView.TryParse(one.Before, out var ip) || ip.IsTruncated)
        {
            return;
        }

        using var harness = Start(one);
        for (var length = 0; length < ip.Length; length++)
        {
            var cut = one.Before[..length];
            Assert.Equal(cut, harness.Outbound(cut).Single());
        }

        Assert.Equal(ip.Length, harness.Context.Count("truncated") + harness.Context.Count("not-ip"));
    }

    internal static StageHarness<MssClampStage> Start(ClampCase one) =>
        StageHarness.Create<MssClampStage, MssClampOptions>(one.Options, new TestStageContext(mtu: one.Mtu, id: "mss-clamp"));
}
