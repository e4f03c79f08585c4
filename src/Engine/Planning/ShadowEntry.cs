namespace Culvert.Engine.Planning;

/// <summary>The key <c>shadow</c> of an entry, checked: a candidate that runs on copies of the packets, beside the entry's own stage.</summary>
internal sealed record ShadowEntry
{
    /// <summary>The stage and its options, under the id of the entry.</summary>
    public required StageEntry Candidate { get; init; }

    /// <summary>The plugin folder that it comes from; null where the file names none.</summary>
    public string? Plugin { get; init; }

    /// <summary>The share of flows whose packets it gets, 0 to 1.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>The largest share of one processor's time that it may use, above 0 to 1.</summary>
    public double Budget { get; init; } = DefaultBudget;

    /// <summary>The budget where the file has none.</summary>
    public const double DefaultBudget = 0.1;
}
