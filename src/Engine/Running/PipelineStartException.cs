using Culvert.Engine.Diagnostics;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>A stage could not start. What had been opened before it is closed again. Values that could be keys are masked.</summary>
/// <param name="stageId">The stage's id.</param>
/// <param name="message">What went wrong.</param>
/// <param name="remedy">The remedy, as an imperative.</param>
/// <param name="inner">What the stage threw.</param>
public sealed class PipelineStartException(string stageId, string message, string remedy, Exception inner)
    : Exception(SecretMask.Apply($"{stageId}: {message.TrimEnd('.')}"), inner)
{
    /// <summary>The stage's id.</summary>
    public string StageId { get; } = stageId;

    /// <summary>The remedy, as an imperative.</summary>
    public string Remedy { get; } = SecretMask.Apply(remedy.TrimEnd('.'));

    /// <summary>Message and remedy, without a full stop.</summary>
    public string Problem => $"{Message}; {Remedy}";

    /// <summary>The unexpected exception of the constructor, for its stack trace; null where the stage reported why it cannot start.</summary>
    public Exception? Bug => InnerException is StageStartException or IOException ? null : InnerException;
}
