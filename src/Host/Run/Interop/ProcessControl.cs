using System.Runtime.InteropServices;

namespace Culvert.Host.Run.Interop;

/// <summary>POSIX <c>unistd.h</c>: the end of the process, its stop, and what a descriptor is.</summary>
internal static partial class ProcessControl
{
    private const int Sigstop = 19;

    /// <summary>Ends the process without running anything of it.</summary>
    [LibraryImport("libc")]
    public static partial void _exit(int status);

    /// <summary>Stops this process until somebody continues it: SIGSTOP, which no handler sees.</summary>
    public static void StopSelf() => kill(Environment.ProcessId, Sigstop);

    /// <returns>1 for a terminal; 0 for anything else, and for a terminal that has hung up.</returns>
    [LibraryImport("libc")]
    public static partial int isatty(int fd);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int sig);
}
