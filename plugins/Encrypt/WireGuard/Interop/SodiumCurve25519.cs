using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/crypto_scalarmult_curve25519.h: X25519 of RFC 7748, all values 32 bytes.</summary>
internal static unsafe partial class SodiumCurve25519
{
    /// <summary>0, or -1 for a point of low order, whose product would be zero.</summary>
    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_scalarmult_curve25519(byte* q, byte* n, byte* p);

    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_scalarmult_curve25519_base(byte* q, byte* n);
}
