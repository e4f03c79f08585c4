using Culvert.Plugins.ChecksumGuard;
using Culvert.Testing;

namespace Plugins.Tests.Cases;

/// <summary>Every verdict of the guard, under each of its three policies.</summary>
public sealed class GuardCaseTests
{
    private static readonly Dictionary<string, GuardCase> _cases = GuardCases.All.ToDictionary(one => one.Name);

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Pass_counts_and_changes_nothing(string name)
    {
        var one = _cases[name];
        using var harness = Start(BadChecksumAction.Pass);
        Assert.Equal(one.Packet, harness.Outbound(one.Packet).Single());
        Assert.Equal(one.Counters.Order(), Counted(harness, "outbound").Order());
        Assert.Empty(Counted(harness, "inbound"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Drop_takes_out_the_bad_ones_and_no_others(string name)
    {
        var one = _cases[name];
        using var harness = Start(BadChecksumAction.Drop);
        var result = harness.Inbound(one.Packet);
        Assert.Equal(one.DroppedAs is null ? 0 : 1, result.Dropped);
        string[] dropped = one.DroppedAs is null ? [] : [one.DroppedAs + "/bad-checksum"];
        Assert.Equal(one.Counters.Concat(dropped).Order(), Counted(harness, "inbound").Order());
        if (one.DroppedAs is null)
        {
            Assert.Equal(one.Packet, result.Single());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Repair_writes_the_right_value_into_the_bad_ones_and_no_others(string name)
    {
        var one = _cases[name];
        using var harness = Start(BadChecksumAction.Repair);
        var passed = harness.Outbound(one.Packet).Single();
        Assert.Equal(Convert.ToHexStringLower(one.Repaired ?? one.Packet), Convert.ToHexStringLower(passed));
        var repaired = one.Counters.Where(counter => counter.EndsWith("/bad", StringComparison.Ordinal))
            .Select(counter => counter.Replace("/bad", "/repaired", StringComparison.Ordinal));
        Assert.Equal(one.Counters.Concat(repaired).Order(), Counted(harness, "outbound").Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_repaired_is_valid(string name)
    {
        using var harness = Start(BadChecksumAction.Repair);
        var passed = harness.Outbound(_cases[name].Packet).Single();
        using var second = Start(BadChecksumAction.Drop);
        Assert.Equal(passed, second.Outbound(passed).Single());
        Assert.Equal(0, second.Context.Count("bad"));
    }

    private static StageHarness<ChecksumGuardStage> Start(BadChecksumAction action) =>
        StageHarness.Create<ChecksumGuardStage, ChecksumGuardOptions>(new() { OnBad = action });

    /// <summary>The counters that are not zero, as <c>protocol/name</c>; each must be 1.</summary>
    private static List<string> Counted(StageHarness<ChecksumGuardStage> harness, string direction)
    {
        var counted = harness.Context.Counters.All
            .Where(counter => counter.Value != 0 && counter.Tags.Contains(KeyValuePair.Create("direction", direction))).ToList();
        Assert.All(counted, counter => Assert.Equal(1, counter.Value));
        return [.. counted.Select(counter => string.Join('/', counter.Tags.Skip(1).Select(tag => tag.Value).Append(counter.Name)))];
    }
}
