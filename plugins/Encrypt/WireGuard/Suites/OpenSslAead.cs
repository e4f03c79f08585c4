using System.Diagnostics;
using System.Runtime.CompilerServices;
using Culvert.Plugins.Encrypt.WireGuard.Interop;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// An AEAD of the system's OpenSSL, called without the base library between: that takes half as long again for a packet, reports a
/// forgery by an exception, and loads 1 MB more. Compiled in full at once, as <see cref="CipherChooser"/> judges by the first calls.
/// </summary>
/// <param name="algorithm">Of <see cref="Find"/>.</param>
/// <param name="layout">How the counter becomes a nonce.</param>
/// <param name="key">As many bytes as the cipher's keys have; they are copied.</param>
internal sealed unsafe class OpenSslAead(IntPtr algorithm, NonceLayout layout, ReadOnlySpan<byte> key) : Aead(TagSize)
{
    private const int TagSize = 16;
    private const int AsBefore = -1;

    private readonly SecretBytes _key = new(key);
    private EvpCipherContext? _sealing;
    private EvpCipherContext? _opening;

    /// <summary>Finds an algorithm by OpenSSL's name.</summary>
    /// <returns>Null where this system's OpenSSL is absent, older than 3, or configured without it.</returns>
    public static IntPtr? Find(string algorithm)
    {
        var found = OpenSslEvp.IsAvailable ? OpenSslEvp.EVP_CIPHER_fetch(IntPtr.Zero, algorithm, null) : IntPtr.Zero;
        return found == IntPtr.Zero ? null : found;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">OpenSSL failed; nothing may be sent.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void SealCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        _sealing ??= EvpCipherContext.Create(algorithm, _key.Span, seals: true);
        Span<byte> nonce = stackalloc byte[NonceLayout.MaxSize];
        layout.Write(nonce, counter);
        fixed (byte* c = ciphertext, m = plaintext, ad = associatedData, iv = nonce)
        {
            var ctx = _sealing.Pointer;
            var tag = c + plaintext.Length;
            if (!SetNonce(ctx, iv)
                || !Take(ctx, ad, associatedData.Length, null)
                || !Take(ctx, m, plaintext.Length, c)
                || !Finish(ctx, tag)
                || OpenSslEvp.EVP_CIPHER_CTX_ctrl(ctx, OpenSslEvp.GetTag, TagSize, tag) != 1)
            {
                throw new InvalidOperationException("OpenSSL failed to seal a packet.");
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override bool OpenCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        _opening ??= EvpCipherContext.Create(algorithm, _key.Span, seals: false);
        Span<byte> nonce = stackalloc byte[NonceLayout.MaxSize];
        layout.Write(nonce, counter);
        fixed (byte* m = plaintext, c = ciphertext, ad = associatedData, iv = nonce)
        {
            var ctx = _opening.Pointer;
            var tag = c + plaintext.Length;
            if (SetNonce(ctx, iv)
                && Take(ctx, ad, associatedData.Length, null)
                && Take(ctx, c, plaintext.Length, m)
                && OpenSslEvp.EVP_CIPHER_CTX_ctrl(ctx, OpenSslEvp.SetTag, TagSize, tag) == 1
                && Finish(ctx, tag))
            {
                return true;
            }
        }

        plaintext.Clear();
        return false;
    }

    /// <inheritdoc/>
    protected override void Wipe()
    {
        _key.Dispose();
        _sealing?.Dispose();
        _opening?.Dispose();
    }

    private static bool SetNonce(IntPtr ctx, byte* iv) =>
        OpenSslEvp.EVP_CipherInit_ex(ctx, IntPtr.Zero, IntPtr.Zero, null, iv, AsBefore) == 1;

    // A null output means associated data to OpenSSL, and so would the null that an empty span is pinned as.
    private static bool Take(IntPtr ctx, byte* input, int length, byte* output)
    {
        int taken;
        return length == 0 || (OpenSslEvp.EVP_CipherUpdate(ctx, output, &taken, input, length) == 1 && taken == length);
    }

    private static bool Finish(IntPtr ctx, byte* end)
    {
        int written;
        var good = OpenSslEvp.EVP_CipherFinal_ex(ctx, end, &written) == 1;
        Debug.Assert(!good || written == 0, "These ciphers have no blocks to fill.");
        return good;
    }
}
