using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>Linux <c>sys/mman.h</c></summary>
internal static partial class SysMman
{
    public const int MADV_DONTDUMP = 16;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mlock(nint addr, nuint len);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int madvise(nint addr, nuint length, int advice);
}
