using System.Diagnostics;
using System.Runtime.CompilerServices;
using Culvert.Plugins.Encrypt.WireGuard.Interop;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// A cipher of libsodium with its key in our own wiped memory. NSec calls the same functions but keeps each key in guarded pages: 16 KiB and
/// four mappings of the process, of which Linux allows 65,530, so that a few thousand busy peers would end it. Compiled in full
/// at once, as <see cref="CipherChooser"/> judges by the first calls.
/// </summary>
internal abstract unsafe class SodiumAead : Aead
{
    private readonly NonceLayout _layout;
    private readonly SecretBytes _key;

    /// <summary>Takes a key.</summary>
    /// <param name="layout">How the counter becomes a nonce.</param>
    /// <param name="tagSize">Bytes of a tag.</param>
    /// <param name="key">As many bytes as the cipher's keys have; they are copied.</param>
    protected SodiumAead(NonceLayout layout, int tagSize, ReadOnlySpan<byte> key)
        : base(tagSize)
    {
        SodiumLibrary.EnsureLoaded();
        (_layout, _key) = (layout, new SecretBytes(key));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void SealCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        Span<byte> nonce = stackalloc byte[NonceLayout.MaxSize];
        _layout.Write(nonce, counter);
        // All lengths are of the spans that are pinned here.
        fixed (byte* c = ciphertext, m = plaintext, ad = associatedData, npub = nonce, k = _key.Span)
        {
            var result = Encrypt(c, m, (ulong)plaintext.Length, ad, (ulong)associatedData.Length, npub, k);
            Debug.Assert(result == 0, "Encryption cannot fail.");
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override bool OpenCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[NonceLayout.MaxSize];
        _layout.Write(nonce, counter);
        fixed (byte* c = ciphertext, m = plaintext, ad = associatedData, npub = nonce, k = _key.Span)
        {
            return Decrypt(m, c, (ulong)ciphertext.Length, ad, (ulong)associatedData.Length, npub, k) == 0;
        }
    }

    /// <summary>The cipher's own function.</summary>
    protected abstract int Encrypt(byte* c, byte* m, ulong mlen, byte* ad, ulong adlen, byte* npub, byte* k);

    /// <summary>The cipher's own function; 0 when the tag is right.</summary>
    protected abstract int Decrypt(byte* m, byte* c, ulong clen, byte* ad, ulong adlen, byte* npub, byte* k);

    /// <inheritdoc/>
    protected override void Wipe() => _key.Dispose();
}
