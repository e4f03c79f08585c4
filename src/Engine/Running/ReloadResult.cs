namespace Culvert.Engine.Running;

/// <summary>The result of a reload.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Added">Ids of stages that were constructed.</param>
/// <param name="Removed">Ids of stages that were disposed.</param>
/// <param name="Kept">Ids of stages that went on with their state.</param>
/// <param name="Failure">Why a new stage could not start; null else.</param>
public sealed record ReloadResult(
    ReloadOutcome Outcome,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Kept,
    PipelineStartException? Failure)
{
    /// <summary>The entries that must close and reopen, and why; empty unless <see cref="ReloadOutcome.NeedsRestart"/>.</summary>
    public IReadOnlyList<string> Reopened { get; init; } = [];
}

/// <summary>The three ends of a reload.</summary>
public enum ReloadOutcome
{
    /// <summary>The new chain runs.</summary>
    Swapped,

    /// <summary>An end, or the room in packet slots, changes: only closing and starting again can do that. The old chain runs on.</summary>
    NeedsRestart,

    /// <summary>A new stage could not start, or the pipeline is closing. The old chain runs on.</summary>
    Failed,
}
