using System.Runtime.InteropServices;

namespace PryingPlugin.Interop;

/// <summary>Linux <c>sys/ptrace.h</c> and <c>unistd.h</c></summary>
internal static partial class Ptrace
{
    public const int PTRACE_SEIZE = 0x4206;

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint ptrace(int op, int pid, nint addr, nint data);

    [LibraryImport("libc")]
    public static partial int getppid();
}
