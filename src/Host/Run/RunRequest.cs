namespace Culvert.Host.Run;

/// <summary>A request to a running pipeline, by a signal or over the control socket.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Answer">Completed with the result of a reload or a check; null where nobody waits for it.</param>
internal sealed record RunRequest(RunAction Action, TaskCompletionSource<ReloadReport>? Answer = null)
{
    /// <summary>Closes the pipeline gracefully and ends.</summary>
    public static RunRequest Stop { get; } = new(RunAction.Stop);

    /// <summary>Reads the file again and applies it.</summary>
    public static RunRequest Reload { get; } = new(RunAction.Reload);
}

/// <summary>The action of a <see cref="RunRequest"/>.</summary>
internal enum RunAction
{
    /// <summary>Close gracefully and end.</summary>
    Stop,

    /// <summary>Read the file again and apply it.</summary>
    Reload,

    /// <summary>Read the file again and change nothing.</summary>
    Check,
}
