using System.Security.Cryptography;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// A cipher of System.Security.Cryptography, which binds the system's own library. It reports a forged packet by an exception, at ten
/// times the cost of a packet: after the first one, opening continues with libsodium, so that a flood of forgeries costs no more than a flood
/// of packets.
/// </summary>
internal abstract class BaseLibraryAead(NonceLayout layout, ReadOnlySpan<byte> key, AeadFactory fallback) : Aead(TagSize)
{
    /// <summary>Bytes of a tag.</summary>
    protected const int TagSize = 16;

    private readonly byte[] _nonce = new byte[layout.Size];
    private readonly SecretBytes _key = new(key);
    private Aead? _afterForgery;
    private bool _sawForgery;

    /// <inheritdoc/>
    protected override void SealCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        layout.Write(_nonce, counter);
        Encrypt(_nonce, plaintext, ciphertext[..plaintext.Length], ciphertext[plaintext.Length..], associatedData);
    }

    /// <inheritdoc/>
    protected override bool OpenCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        if (_sawForgery)
        {
            return (_afterForgery ??= fallback(_key.Span)).Open(counter, associatedData, ciphertext, plaintext);
        }

        layout.Write(_nonce, counter);
        try
        {
            Decrypt(_nonce, ciphertext[..plaintext.Length], ciphertext[plaintext.Length..], plaintext, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            _sawForgery = true;
            return false;
        }
    }

    /// <summary>The library's own call.</summary>
    protected abstract void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData);

    /// <summary>The library's own call.</summary>
    /// <exception cref="AuthenticationTagMismatchException">The ciphertext is not authentic.</exception>
    protected abstract void Decrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext,
        ReadOnlySpan<byte> associatedData);

    /// <inheritdoc/>
    protected override void Wipe()
    {
        _key.Dispose();
        _afterForgery?.Dispose();
    }
}

/// <summary>ChaCha20-Poly1305 (RFC 8439) of the base library.</summary>
internal sealed class BaseLibraryChaCha(NonceLayout layout, ReadOnlySpan<byte> key, AeadFactory fallback)
    : BaseLibraryAead(layout, key, fallback)
{
    private readonly ChaCha20Poly1305 _cipher = new(key);

    /// <inheritdoc/>
    protected override void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData) =>
        _cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

    /// <inheritdoc/>
    protected override void Decrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext,
        ReadOnlySpan<byte> associatedData) => _cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);

    /// <inheritdoc/>
    protected override void Wipe()
    {
        _cipher.Dispose();
        base.Wipe();
    }
}

/// <summary>AES-256-GCM (NIST SP 800-38D) of the base library.</summary>
internal sealed class BaseLibraryAesGcm(NonceLayout layout, ReadOnlySpan<byte> key, AeadFactory fallback)
    : BaseLibraryAead(layout, key, fallback)
{
    private readonly AesGcm _cipher = new(key, TagSize);

    /// <inheritdoc/>
    protected override void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData) =>
        _cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

    /// <inheritdoc/>
    protected override void Decrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext,
        ReadOnlySpan<byte> associatedData) => _cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);

    /// <inheritdoc/>
    protected override void Wipe()
    {
        _cipher.Dispose();
        base.Wipe();
    }
}
