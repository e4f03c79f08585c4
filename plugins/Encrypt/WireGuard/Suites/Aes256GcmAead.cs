using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

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
