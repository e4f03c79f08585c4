using System.Runtime.InteropServices;

namespace Culvert.Host.Hardening.Interop;

/// <summary>Linux <c>sys/prctl.h</c> and <c>sys/resource.h</c>: what a process gives up by itself.</summary>
internal static partial class Prctl
{
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const uint PR_SET_PTRACER = 0x59616d61;
    public const int RLIMIT_CORE = 4;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, out ResourceLimit rlim);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setrlimit(int resource, in ResourceLimit rlim);

    /// <summary><c>struct rlimit</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public nuint rlim_cur;
        public nuint rlim_max;
    }
}
