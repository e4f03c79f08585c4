using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

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
