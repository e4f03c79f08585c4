using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/crypto_aead_chacha20poly1305.h. Ciphertext and plaintext may be the same memory.</summary>
internal static unsafe partial class SodiumChaCha20Poly1305
{
    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_aead_chacha20poly1305_ietf_encrypt(
        byte* c, ulong* clen_p, byte* m, ulong mlen, byte* ad, ulong adlen, byte* nsec, byte* npub, byte* k);

    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_aead_chacha20poly1305_ietf_decrypt(
        byte* m, ulong* mlen_p, byte* nsec, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* k);
}
