namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// One key in two implementations of the same cipher: the one that is faster for small packets, and the one for large packets. What one
/// seals the other opens. One thread at a time.
/// </summary>
/// <param name="small">For less than <paramref name="threshold"/> bytes of ciphertext, its tag included.</param>
/// <param name="large">For the rest.</param>
/// <param name="threshold">Bytes.</param>
internal sealed class BySizeAead(Aead small, Aead large, int threshold) : Aead
{
    /// <inheritdoc/>
    public override bool IsThreadSafe => small.IsThreadSafe && large.IsThreadSafe;

    /// <inheritdoc/>
    public override void Seal(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext) =>
        (ciphertext.Length < threshold ? small : large).Seal(counter, associatedData, plaintext, ciphertext);

    /// <inheritdoc/>
    public override bool Open(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext) =>
        (ciphertext.Length < threshold ? small : large).Open(counter, associatedData, ciphertext, plaintext);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        small.Dispose();
        large.Dispose();
    }
}
