using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/crypto_aead_aegis256.h. Ciphertext and plaintext may be the same memory.</summary>
internal static unsafe partial class SodiumAegis256
{
    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_aead_aegis256_encrypt(
        byte* c, ulong* clen_p, byte* m, ulong mlen, byte* ad, ulong adlen, byte* nsec, byte* npub, byte* k);

    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_aead_aegis256_decrypt(
        byte* m, ulong* mlen_p, byte* nsec, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* k);
}
