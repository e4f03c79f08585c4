namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>
/// Key memory: pinned, so that the garbage collector leaves no copies behind, and wiped when it is disposed. Not thread-safe.
/// </summary>
internal sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;

    /// <summary>Allocates zeroed key memory.</summary>
    /// <param name="length">Bytes.</param>
    public SecretBytes(int length) => _bytes = GC.AllocateArray<byte>(length, pinned: true);

    /// <summary>Allocates key memory that contains a copy.</summary>
    public SecretBytes(ReadOnlySpan<byte> value)
        : this(value.Length) => value.CopyTo(_bytes);

    /// <summary>The bytes; all zero after <see cref="Dispose"/>.</summary>
    public Span<byte> Span => _bytes;

    /// <summary>Wipes the bytes.</summary>
    public void Dispose() => Secrets.Wipe(_bytes);
}
