using System.Runtime.InteropServices;

namespace Culvert.Endpoints.Interop;

/// <summary>Linux <c>sys/resource.h</c>: what a process may use.</summary>
internal static partial class Resource
{
    public const int RLIMIT_NOFILE = 7;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, out ResourceLimit rlim);

    /// <summary><c>struct rlimit</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public nuint rlim_cur;
        public nuint rlim_max;
    }
}
