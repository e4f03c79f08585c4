using Culvert.Engine.Inspection;
using Culvert.Engine.Running;

namespace Culvert.Tools.Diffs;

/// <summary>The result of a comparison of two pipelines.</summary>
internal sealed record DiffReport
{
    /// <summary>Frames that were read.</summary>
    public required long Read { get; init; }

    /// <summary>Frames without an IP packet.</summary>
    public required long NotIp { get; init; }

    /// <summary>Packets that were compared.</summary>
    public required long Compared { get; init; }

    /// <summary>Packets whose fate or bytes differ.</summary>
    public required long Different { get; init; }

    /// <summary>Packets among them that are in no group.</summary>
    public required long Ungrouped { get; init; }

    /// <summary>The groups.</summary>
    public required IReadOnlyList<DiffGroup> Groups { get; init; }

    /// <summary>The counters that differ.</summary>
    public required IReadOnlyList<CounterDifference> Counters { get; init; }

    /// <summary>Why the old pipeline would have ended; null while all is well.</summary>
    public required string? OldFailure { get; init; }

    /// <summary>Why the new pipeline would have ended; null while all is well.</summary>
    public required string? NewFailure { get; init; }

    /// <summary>Whether anything differs.</summary>
    public bool Differs => Different > 0 || Counters.Count > 0 || OldFailure != NewFailure;
}

/// <summary>A counter that differs.</summary>
/// <param name="Stage">The stage's id.</param>
/// <param name="Name">The counter, with the values of its tags.</param>
/// <param name="Old">Its value in the old pipeline; null where there is no such counter.</param>
/// <param name="New">Its value in the new one.</param>
internal sealed record CounterDifference(string Stage, string Name, long? Old, long? New)
{
    /// <summary>Compares all counters. One that is 0 is the same as none.</summary>
    public static IEnumerable<CounterDifference> Compare(IReadOnlyList<StageUnit> old, IReadOnlyList<StageUnit> now)
    {
        var (before, after) = (Values(old), Values(now));
        foreach (var key in before.Keys.Union(after.Keys))
        {
            long? from = before.TryGetValue(key, out var was) ? was : null;
            long? to = after.TryGetValue(key, out var value) ? value : null;
            if ((from ?? 0) != (to ?? 0))
            {
                yield return new CounterDifference(key.Stage, key.Name, from, to);
            }
        }
    }

    private static OrderedDictionary<(string Stage, string Name), long> Values(IReadOnlyList<StageUnit> units)
    {
        OrderedDictionary<(string, string), long> values = [];
        foreach (var unit in units.Where(unit => !unit.IsEnd))
        {
            foreach (var counter in unit.Counters.All)
            {
                values[(unit.Id, CounterName.Of(counter))] = counter.Value;
            }

            values[(unit.Id, "packets made")] = unit.Nodes[0].Outbound.Emitted + unit.Nodes[0].Inbound.Emitted;
        }

        return values;
    }
}
