using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/randombytes.h: unpredictable bytes from the system's generator.</summary>
internal static unsafe partial class SodiumRandomBytes
{
    /// <summary>Fills a buffer; it cannot fail. Any thread.</summary>
    [LibraryImport(SodiumLibrary.Name)]
    public static partial void randombytes_buf(void* buf, nuint size);
}
