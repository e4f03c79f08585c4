namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// A key of an authenticated cipher, ready for packets, with the suite's way of making a nonce out of a counter. Sealing and opening work
/// in place and allocate nothing. Wrong data returns false; wrong use throws. Disposing wipes the key.
/// </summary>
internal abstract class Aead : IDisposable
{
    /// <summary>True when several threads may use one object at once.</summary>
    public abstract bool IsThreadSafe { get; }

    /// <summary>Encrypts and authenticates.</summary>
    /// <param name="counter">Never used twice with one key.</param>
    /// <param name="associatedData">Authenticated as well.</param>
    /// <param name="plaintext">What is encrypted.</param>
    /// <param name="ciphertext">Its length and the tag's; may begin at the plaintext's first byte.</param>
    public abstract void Seal(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext);

    /// <summary>Checks and decrypts.</summary>
    /// <param name="counter">As given to <see cref="Seal"/>.</param>
    /// <param name="associatedData">As given to <see cref="Seal"/>.</param>
    /// <param name="ciphertext">At least a tag.</param>
    /// <param name="plaintext">The ciphertext's length less the tag's; may begin at its first byte.</param>
    /// <returns>False when it is not authentic; the plaintext is then worthless.</returns>
    public abstract bool Open(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Wipes the key.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Makes a cipher of a key.</summary>
/// <param name="key">As many bytes as the suite's keys have; they are copied.</param>
internal delegate Aead AeadFactory(ReadOnlySpan<byte> key);
