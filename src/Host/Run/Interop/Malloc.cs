using System.Runtime.InteropServices;

namespace Culvert.Host.Run.Interop;

/// <summary>glibc's <c>malloc.h</c>: the settings of its heap.</summary>
internal static partial class Malloc
{
    public const int M_MMAP_THRESHOLD = -3;
    public const int M_ARENA_MAX = -8;

    [LibraryImport("libc")]
    public static partial int mallopt(int param, int value);

    /// <summary>Gives free pages back to the system.</summary>
    [LibraryImport("libc")]
    public static partial int malloc_trim(nuint pad);
}
