using Culvert.Packets;

namespace Culvert.Engine.Inspection;

/// <summary>The findings of the inspection of sampled packets so far.</summary>
internal sealed record InspectionReport
{
    /// <summary>One packet of so many was looked at.</summary>
    public required int Every { get; init; }

    /// <summary>The number of packets that were followed through the chain.</summary>
    public required long Sampled { get; init; }

    /// <summary>The checksums by direction and protocol; only what was met.</summary>
    public required IReadOnlyList<ChecksumTotals> Checksums { get; init; }

    /// <summary>The stages that something is laid at the door of, the one with the most first.</summary>
    public required IReadOnlyList<StageBlame> Blames { get; init; }
}

/// <summary>The checksums of one protocol in one direction. Each sampled packet counts once for each checksum that it carries.</summary>
internal sealed record ChecksumTotals
{
    /// <summary>The direction of the packets.</summary>
    public required Direction Direction { get; init; }

    /// <summary>Whose checksum: <c>IPv4 header</c>, <c>TCP</c>, <c>UDP</c>, <c>ICMP</c>, <c>ICMPv6</c>, <c>other</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Right or wrong could be told.</summary>
    public long Judged => Valid + ArrivedBad;

    /// <summary>Right when the packet entered the pipeline.</summary>
    public required long Valid { get; init; }

    /// <summary>Wrong already when the packet entered the pipeline: the fault lies before it.</summary>
    public required long ArrivedBad { get; init; }

    /// <summary>Right on entry, wrong behind a stage, which <see cref="InspectionReport.Blames"/> names; or wrong when a stage emitted it.</summary>
    public required long MadeBad { get; init; }

    /// <summary>Wrong, and right again behind a stage.</summary>
    public required long Repaired { get; init; }

    /// <summary>Wrong, and dropped by a stage.</summary>
    public required long Dropped { get; init; }

    /// <summary>None carried: UDP over IPv4 with a checksum of 0.</summary>
    public required long NoneCarried { get; init; }

    /// <summary>A fragment, a truncated or broken packet, or an unknown protocol.</summary>
    public required long CannotBeJudged { get; init; }
}

/// <summary>Something that sampled packets showed of one stage in one direction.</summary>
internal sealed record StageBlame
{
    /// <summary>The stage's id.</summary>
    public required string StageId { get; init; }

    /// <summary>The direction of the packets.</summary>
    public required Direction Direction { get; init; }

    /// <summary>The finding: <c>made-bad</c>, <c>undeclared-change</c> or <c>repaired</c>.</summary>
    public required string Deed { get; init; }

    /// <summary>To what: a protocol's checksum, or the fields that it changed without declaring them.</summary>
    public required string What { get; init; }

    /// <summary>The number of sampled packets.</summary>
    public required long Count { get; init; }

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>The first such packet, behind the stage, on one line.</summary>
    public required string Example { get; init; }

    /// <summary>Of the first such packet: the value found behind the stage; null for an undeclared change.</summary>
    public required string? Found { get; init; }

    /// <summary>Of the first such packet: the value that would have been right; null for an undeclared change.</summary>
    public required string? Wanted { get; init; }
}
