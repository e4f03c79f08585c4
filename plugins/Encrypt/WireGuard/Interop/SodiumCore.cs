using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/core.h: makes the library ready.</summary>
internal static partial class SodiumCore
{
    /// <summary>0 for the first call, 1 for later ones, -1 when the library cannot be used. Any thread.</summary>
    [LibraryImport(SodiumLibrary.Name)]
    public static partial int sodium_init();
}
