using System.Runtime.InteropServices;

namespace Culvert.Host.Run.Interop;

/// <summary>POSIX <c>unistd.h</c>: the end of the process, and what a descriptor is.</summary>
internal static partial class ProcessControl
{
    /// <summary>Ends the process without running anything of it.</summary>
    [LibraryImport("libc")]
    public static partial void _exit(int status);

    /// <returns>1 for a terminal; 0 for anything else, and for a terminal that has hung up.</returns>
    [LibraryImport("libc")]
    public static partial int isatty(int fd);
}
