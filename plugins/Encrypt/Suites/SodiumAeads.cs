using Culvert.Plugins.Encrypt.Interop;

namespace Culvert.Plugins.Encrypt.Suites;

/// <summary>ChaCha20-Poly1305 (RFC 8439) of libsodium.</summary>
internal sealed unsafe class ChaCha20Poly1305Aead(NonceLayout layout, int tagSize, ReadOnlySpan<byte> key) : SodiumAead(layout, tagSize, key)
{
    /// <inheritdoc/>
    protected override int Encrypt(byte* c, byte* m, ulong mlen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumChaCha20Poly1305.crypto_aead_chacha20poly1305_ietf_encrypt(c, null, m, mlen, ad, adlen, null, npub, k);

    /// <inheritdoc/>
    protected override int Decrypt(byte* m, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumChaCha20Poly1305.crypto_aead_chacha20poly1305_ietf_decrypt(m, null, null, c, clen, ad, adlen, npub, k);
}

/// <summary>AES-256-GCM (NIST SP 800-38D) of libsodium.</summary>
internal sealed unsafe class Aes256GcmAead(NonceLayout layout, int tagSize, ReadOnlySpan<byte> key) : SodiumAead(layout, tagSize, key)
{
    /// <inheritdoc/>
    protected override int Encrypt(byte* c, byte* m, ulong mlen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumAes256Gcm.crypto_aead_aes256gcm_encrypt(c, null, m, mlen, ad, adlen, null, npub, k);

    /// <inheritdoc/>
    protected override int Decrypt(byte* m, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumAes256Gcm.crypto_aead_aes256gcm_decrypt(m, null, null, c, clen, ad, adlen, npub, k);
}

/// <summary>AEGIS-256 (draft-irtf-cfrg-aegis-aead) of libsodium.</summary>
internal sealed unsafe class Aegis256Aead(NonceLayout layout, int tagSize, ReadOnlySpan<byte> key) : SodiumAead(layout, tagSize, key)
{
    /// <inheritdoc/>
    protected override int Encrypt(byte* c, byte* m, ulong mlen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumAegis256.crypto_aead_aegis256_encrypt(c, null, m, mlen, ad, adlen, null, npub, k);

    /// <inheritdoc/>
    protected override int Decrypt(byte* m, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumAegis256.crypto_aead_aegis256_decrypt(m, null, null, c, clen, ad, adlen, npub, k);
}

/// <summary>AEGIS-128L (draft-irtf-cfrg-aegis-aead) of libsodium.</summary>
internal sealed unsafe class Aegis128LAead(NonceLayout layout, int tagSize, ReadOnlySpan<byte> key) : SodiumAead(layout, tagSize, key)
{
    /// <inheritdoc/>
    protected override int Encrypt(byte* c, byte* m, ulong mlen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumAegis128L.crypto_aead_aegis128l_encrypt(c, null, m, mlen, ad, adlen, null, npub, k);

    /// <inheritdoc/>
    protected override int Decrypt(byte* m, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumAegis128L.crypto_aead_aegis128l_decrypt(m, null, null, c, clen, ad, adlen, npub, k);
}
