using Culvert.Plugins.Encrypt.WireGuard.Interop;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>AES-256-GCM (NIST SP 800-38D) of libsodium. The key is expanded once: that takes a third of a small packet's time.</summary>
internal sealed unsafe class Aes256GcmAead : SodiumAead
{
    private readonly SecretBytes _memory = new(SodiumAes256Gcm.StateSize + SodiumAes256Gcm.StateAlignment - 1);
    private readonly byte* _state;

    /// <summary>Takes a key.</summary>
    /// <param name="layout">How the counter becomes a nonce.</param>
    /// <param name="tagSize">Bytes of a tag.</param>
    /// <param name="key">32 bytes; they are copied.</param>
    public Aes256GcmAead(NonceLayout layout, int tagSize, ReadOnlySpan<byte> key)
        : base(layout, tagSize, key)
    {
        // Pinned for good, so that the address stays.
        fixed (byte* memory = _memory.Span, k = key)
        {
            _state = (byte*)(((nuint)memory + SodiumAes256Gcm.StateAlignment - 1) & ~(nuint)(SodiumAes256Gcm.StateAlignment - 1));
            _ = SodiumAes256Gcm.crypto_aead_aes256gcm_beforenm(_state, k);
        }
    }

    /// <inheritdoc/>
    protected override int Encrypt(byte* c, byte* m, ulong mlen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumAes256Gcm.crypto_aead_aes256gcm_encrypt_afternm(c, null, m, mlen, ad, adlen, null, npub, _state);

    /// <inheritdoc/>
    protected override int Decrypt(byte* m, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* k) =>
        SodiumAes256Gcm.crypto_aead_aes256gcm_decrypt_afternm(m, null, null, c, clen, ad, adlen, npub, _state);

    /// <inheritdoc/>
    protected override void Wipe()
    {
        base.Wipe();
        _memory.Dispose();
    }
}
