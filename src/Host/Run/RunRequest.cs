namespace Culvert.Host.Run;

/// <summary>What a running pipeline is asked to do, by a signal or over the control socket.</summary>
internal enum RunRequest
{
    /// <summary>Close in order and end.</summary>
    Stop,

    /// <summary>Read the file again and put what it says in place.</summary>
    Reload,
}
