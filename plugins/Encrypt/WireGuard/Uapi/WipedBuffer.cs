using System.Buffers;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>A growing buffer for text that may contain keys. Memory is wiped when the buffer outgrows it and on disposal. Not thread-safe.</summary>
internal sealed class WipedBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 4096;

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(FirstSize, pinned: true);
    private int _length;

    /// <summary>The bytes written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _length));
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose() => Secrets.Wipe(_bytes);

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (needed <= _bytes.Length)
        {
            return;
        }

        var larger = GC.AllocateUninitializedArray<byte>(Math.Max(needed, 2 * _bytes.Length), pinned: true);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        Secrets.Wipe(_bytes);
        _bytes = larger;
    }
}
