namespace Culvert.Host.Run;

/// <summary>The action of a <see cref="RunRequest"/>.</summary>
internal enum RunAction
{
    /// <summary>Close gracefully and end.</summary>
    Stop,

    /// <summary>Read the file again and apply it.</summary>
    Reload,
}
