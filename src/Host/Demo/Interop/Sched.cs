using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Host.Demo.Interop;

/// <summary><c>sched.h</c> and <c>linux/sched.h</c>: a thread's namespaces.</summary>
internal static partial class Sched
{
    public const int CLONE_NEWNET = 0x40000000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeFileHandle fd, int nstype);
}
