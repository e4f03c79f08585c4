namespace Culvert.Host.Run;

/// <summary>What a <see cref="RunRequest"/> asks for.</summary>
internal enum RunAction
{
    /// <summary>Close gracefully and end.</summary>
    Stop,

    /// <summary>Read the file again and apply it.</summary>
    Reload,
}
