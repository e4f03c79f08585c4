using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/utils.h: what must not be optimized away or depend on the data.</summary>
internal static unsafe partial class SodiumUtils
{
    /// <summary>Writes zeros that no compiler leaves out. Any thread.</summary>
    [LibraryImport(SodiumLibrary.Name)]
    public static partial void sodium_memzero(void* pnt, nuint len);

    /// <summary>0 when both are equal, else -1, in a time that depends on the length only. Any thread.</summary>
    [LibraryImport(SodiumLibrary.Name)]
    public static partial int sodium_memcmp(void* b1, void* b2, nuint len);
}
