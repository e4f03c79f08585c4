namespace Culvert.Engine.Running;

/// <summary>The outcome of a pipeline.</summary>
/// <param name="ExitCode">0 when it was asked to, 1 when it could not go on.</param>
/// <param name="Reason">Why it could not go on; null when it was asked to end.</param>
public sealed record PipelineExit(int ExitCode, string? Reason)
{
    /// <summary>It was asked to end.</summary>
    public static PipelineExit Asked { get; } = new(0, null);

    /// <summary>It could not go on.</summary>
    public static PipelineExit Failed(string reason) => new(1, reason);
}
