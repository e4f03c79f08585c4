using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/crypto_core_ed25519.h: points of the Edwards curve, 32 bytes.</summary>
internal static unsafe partial class SodiumCoreEd25519
{
    /// <summary>1 for a point of the group of prime order in its canonical form, else 0.</summary>
    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_core_ed25519_is_valid_point(byte* p);
}
