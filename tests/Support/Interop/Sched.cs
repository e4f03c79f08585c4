using System.Runtime.InteropServices;

namespace Culvert.Tests.Support.Interop;

/// <summary><c>sched.h</c>: what moves a thread between namespaces.</summary>
internal static partial class Sched
{
    /// <summary>A network namespace.</summary>
    public const int CLONE_NEWNET = 0x40000000;

    /// <summary>Moves the calling thread, and it alone, into the namespace that the descriptor refers to.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeHandle fd, int nstype);
}
