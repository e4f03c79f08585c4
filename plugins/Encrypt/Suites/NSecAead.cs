using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.Suites;

/// <summary>A cipher of NSec, which is libsodium's: ChaCha20-Poly1305, AES-256-GCM, AEGIS-256, AEGIS-128L.</summary>
internal sealed class NSecAead(AeadAlgorithm algorithm, NonceLayout layout, ReadOnlySpan<byte> key) : Aead
{
    private readonly Key _key = Key.Import(algorithm, key, KeyBlobFormat.RawSymmetricKey);

    /// <inheritdoc/>
    public override bool IsThreadSafe => true;

    /// <inheritdoc/>
    public override void Seal(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        Span<byte> nonce = stackalloc byte[NonceLayout.MaxSize];
        nonce = nonce[..layout.Size];
        layout.Write(nonce, counter);
        algorithm.Encrypt(_key, nonce, associatedData, plaintext, ciphertext);
    }

    /// <inheritdoc/>
    public override bool Open(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[NonceLayout.MaxSize];
        nonce = nonce[..layout.Size];
        layout.Write(nonce, counter);
        return algorithm.Decrypt(_key, nonce, associatedData, ciphertext, plaintext);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _key.Dispose();
}
