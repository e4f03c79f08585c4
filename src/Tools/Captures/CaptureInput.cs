namespace Culvert.Tools.Captures;

/// <summary>
/// Reads a stream through one buffer that grows to the largest record and no further, and knows the place in the file: constant memory
/// for files of any size. Not thread-safe.
/// </summary>
internal sealed class CaptureInput(Stream stream) : IDisposable
{
    private const int BufferLength = 1 << 18;

    private byte[] _buffer = new byte[BufferLength];
    private int _start;
    private int _end;

    /// <summary>The place in the file of the next byte that <see cref="Take"/> gives.</summary>
    public long Position { get; private set; }

    /// <summary>Buffers bytes without consuming them.</summary>
    /// <returns>How many there are, up to <paramref name="count"/>; fewer at the end of the file.</returns>
    public int Ensure(int count)
    {
        if (_end - _start < count)
        {
            Fill(count);
        }

        return Math.Min(_end - _start, count);
    }

    /// <summary>Looks at bytes that <see cref="Ensure"/> made available; they stay where they are.</summary>
    public Span<byte> Peek(int count) => _buffer.AsSpan(_start, count);

    /// <summary>Takes bytes that <see cref="Ensure"/> made available; they are good until the next Ensure.</summary>
    public Span<byte> Take(int count)
    {
        var taken = _buffer.AsSpan(_start, count);
        _start += count;
        Position += count;
        return taken;
    }

    /// <summary>Leaves bytes out, however many, in constant memory.</summary>
    /// <returns>False when the file ended first.</returns>
    public bool Skip(long count)
    {
        while (count > 0)
        {
            var piece = Ensure((int)Math.Min(count, BufferLength));
            if (piece == 0)
            {
                return false;
            }

            Take(piece);
            count -= piece;
        }

        return true;
    }

    public void Dispose() => stream.Dispose();

    private void Fill(int count)
    {
        var held = _end - _start;
        if (count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(count, _buffer.Length * 2));
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
            (_start, _end) = (0, held);
        }

        int read;
        while (_end < count && (read = stream.Read(_buffer, _end, _buffer.Length - _end)) > 0)
        {
            _end += read;
        }
    }
}
