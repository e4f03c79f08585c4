namespace Culvert.Engine.Running;

/// <summary>The outcome of a pipeline.</summary>
/// <param name="ExitCode">0 when it was asked to, 1 when it could not continue.</param>
/// <param name="Reason">Why it could not continue; null when it was asked to end.</param>
public sealed record PipelineExit(int ExitCode, string? Reason)
{
    /// <summary>It was asked to end.</summary>
    public static PipelineExit Asked { get; } = new(0, null);

    /// <summary>The pipeline could not continue.</summary>
    public static PipelineExit Failed(string reason) => new(1, reason);
}
