namespace Culvert.Engine.Running;

/// <summary>A stage could not start. What had been opened before it is closed again.</summary>
public sealed class PipelineStartException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="stageId">The stage's id.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="remedy">What to do about it; null when there is nothing to say (a bug of the stage).</param>
    /// <param name="inner">What the stage threw.</param>
    public PipelineStartException(string stageId, string message, string? remedy, Exception inner)
        : base($"{stageId}: {message}", inner) => (StageId, Remedy) = (stageId, remedy);

    /// <summary>The stage's id.</summary>
    public string StageId { get; }

    /// <summary>What to do about it, as an imperative.</summary>
    public string? Remedy { get; }
}
