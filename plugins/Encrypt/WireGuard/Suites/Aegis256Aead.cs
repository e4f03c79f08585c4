using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

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
