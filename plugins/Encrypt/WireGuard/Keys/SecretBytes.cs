namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>
/// Key memory with one owner, who disposes it: a slot of <see cref="KeyMemory"/>, wiped when it is given back. What is forgotten is wiped when the garbage
/// collector finds it. Not thread-safe.
/// </summary>
internal sealed class SecretBytes : IDisposable
{
    private readonly int _length;
    private readonly ArraySegment<byte> _slot;
    private int _released;

    /// <summary>Allocates zeroed key memory.</summary>
    /// <param name="length">Bytes.</param>
    public SecretBytes(int length) => (_length, _slot) = (length, KeyMemory.For(length).Take());

    /// <summary>Allocates key memory that contains a copy.</summary>
    public SecretBytes(ReadOnlySpan<byte> value)
        : this(value.Length) => value.CopyTo(Span);

    /// <summary>Wipes the bytes.</summary>
    ~SecretBytes() => Release();

    /// <summary>The bytes, while this lives.</summary>
    /// <exception cref="ObjectDisposedException">They were wiped, and the memory may have another owner.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _released) != 0, this);
            return _slot.AsSpan(0, _length);
        }
    }

    /// <summary>Wipes the bytes and gives the memory back. A second call does nothing.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        // A slot that came back twice would have two owners.
        if (Interlocked.Exchange(ref _released, 1) == 0 && _slot.Array is not null)
        {
            KeyMemory.For(_length).Return(_slot);
        }
    }
}
