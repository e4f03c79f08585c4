using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>sodium/crypto_aead_aes256gcm.h. Ciphertext and plaintext may be the same memory.</summary>
internal static unsafe partial class SodiumAes256Gcm
{
    /// <summary>Bytes of crypto_aead_aes256gcm_state.</summary>
    public const int StateSize = 512;

    /// <summary>What a state's address is a multiple of.</summary>
    public const int StateAlignment = 16;

    /// <summary>Expands a key.</summary>
    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_aead_aes256gcm_beforenm(byte* ctx, byte* k);

    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_aead_aes256gcm_encrypt_afternm(
        byte* c, ulong* clen_p, byte* m, ulong mlen, byte* ad, ulong adlen, byte* nsec, byte* npub, byte* ctx);

    [LibraryImport(SodiumLibrary.Name)]
    public static partial int crypto_aead_aes256gcm_decrypt_afternm(
        byte* m, ulong* mlen_p, byte* nsec, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* ctx);
}
