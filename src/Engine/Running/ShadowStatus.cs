using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>A candidate beside a stage at one moment: <c>shadow</c> in pipeline.yaml. All lanes together.</summary>
public sealed record ShadowStatus
{
    /// <summary>The candidate's stage.</summary>
    public required string Stage { get; init; }

    /// <summary>The plugin folder that it comes from; null where the file names none.</summary>
    public required string? Plugin { get; init; }

    /// <summary>The share of flows whose packets it gets, 0 to 1.</summary>
    public required double Sample { get; init; }

    /// <summary>Why it was switched off; null while it runs.</summary>
    public required string? OffReason { get; init; }

    /// <summary>Packets whose results were compared.</summary>
    public required long Compared { get; init; }

    /// <summary>Packets whose results differ.</summary>
    public required long Different { get; init; }

    /// <summary>Packets that were skipped because the candidate was behind.</summary>
    public required long SkippedBehind { get; init; }

    /// <summary>Packets that were skipped because the candidate had used up its share of a processor.</summary>
    public required long SkippedOverBudget { get; init; }

    /// <summary>Packets that were skipped because they were longer than a copy may be.</summary>
    public required long SkippedTooLong { get; init; }

    /// <summary>The number of exceptions that the candidate threw.</summary>
    public required long Faults { get; init; }

    /// <summary>Packets that it emitted; none of them was sent.</summary>
    public required long Emitted { get; init; }

    /// <summary>The mean time of one packet in nanoseconds: the candidate's and that of the comparison; null before the first.</summary>
    public required double? NanosecondsPerPacket { get; init; }

    /// <summary>The differences by kind, in the order in which each came first; at most 64.</summary>
    public required IReadOnlyList<ShadowDifference> Differences { get; init; }
}

/// <summary>Packets for which a candidate's result differs from the live stage's in one way.</summary>
/// <param name="Kind">The fields that differ, or the fate in the live stage and in the candidate.</param>
/// <param name="Packets">The number of packets.</param>
/// <param name="First">When the first one was compared.</param>
/// <param name="Direction">Which way the first one went.</param>
/// <param name="Packet">The first one as it came to both, on one line.</param>
/// <param name="Changes">Its fields, from the live stage's value to the candidate's; empty when its fate differs.</param>
public sealed record ShadowDifference(string Kind, long Packets, DateTimeOffset First, Direction Direction, string Packet, string Changes);
