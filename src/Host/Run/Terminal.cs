using Culvert.Host.Run.Interop;

namespace Culvert.Host.Run;

/// <summary>The terminal that the program was started in, if any. On Windows a closed console arrives as a signal of its own.</summary>
internal sealed class Terminal
{
    private readonly int[] _descriptors = OperatingSystem.IsWindows() ? [] : [.. new[] { 0, 1, 2 }.Where(IsTerminal)];

    /// <summary>Whether it has gone: the window was closed, or the connection to it was lost.</summary>
    public bool IsClosed => _descriptors.Any(descriptor => !IsTerminal(descriptor));

    private static bool IsTerminal(int descriptor) => ProcessControl.isatty(descriptor) == 1;
}
