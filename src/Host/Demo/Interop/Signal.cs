using System.Runtime.InteropServices;

namespace Culvert.Host.Demo.Interop;

/// <summary><c>signal.h</c>: asking a process to end, which the base library can only do by killing it.</summary>
internal static partial class Signal
{
    public const int SIGTERM = 15;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int sig);
}
