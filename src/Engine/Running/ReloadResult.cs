namespace Culvert.Engine.Running;

/// <summary>The result of a reload.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Added">Ids of stages that the chain did not have.</param>
/// <param name="Removed">Ids of stages that the chain has no longer.</param>
/// <param name="Kept">Ids of stages whose instances continue.</param>
/// <param name="Failure">Why a new stage could not start; null otherwise.</param>
public sealed record ReloadResult(
    ReloadOutcome Outcome,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Kept,
    PipelineStartException? Failure)
{
    /// <summary>Ids of stages that took other options in place, under traffic: new instances have the state of those before.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>The entries that must close and reopen, and why; empty unless <see cref="ReloadOutcome.NeedsRestart"/>.</summary>
    public IReadOnlyList<string> Reopened { get; init; } = [];
}

/// <summary>The three ends of a reload.</summary>
public enum ReloadOutcome
{
    /// <summary>The new chain runs.</summary>
    Swapped,

    /// <summary>An endpoint must reopen, or the room in packet slots changes: the pipeline must close and start again. The old chain continues.</summary>
    NeedsRestart,

    /// <summary>A new stage could not start, or the pipeline is closing. The old chain continues.</summary>
    Failed,
}
