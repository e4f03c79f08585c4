using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/crypto_verify_16.h: compares tags of 16 bytes.</summary>
internal static unsafe partial class SodiumVerify
{
    /// <summary>0 when both are equal, else -1, in constant time. Any thread.</summary>
    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_verify_16(byte* x, byte* y);
}
