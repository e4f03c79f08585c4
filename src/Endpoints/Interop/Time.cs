using System.Runtime.InteropServices;

namespace Culvert.Endpoints.Interop;

/// <summary>Linux <c>time.h</c>, 64-bit layouts.</summary>
internal static unsafe partial class Time
{
    /// <summary>The time since the start of the system, suspend included.</summary>
    public const int CLOCK_BOOTTIME = 7;

    [LibraryImport("libc", SetLastError = true)]
    [SuppressGCTransition]
    public static partial int clock_gettime(int clockid, TimeSpec* tp);

    /// <summary><c>struct timespec</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long tv_sec;
        public long tv_nsec;
    }
}
