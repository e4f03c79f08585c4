namespace Culvert.Wire;

/// <summary>
/// Walks the options of a TCP header in order, without an allocation:
/// <code>foreach (var option in tcp.Options) { … }</code>
/// Every option is returned, No Operation and End Of List included. The walk stops after End Of List (what follows is padding), after an
/// option with length 0 or 1, after one that exceeds the header, and after a kind without a length byte; the last three are returned as
/// not well-formed. It reads no byte outside the options and takes at most 40 steps.
/// </summary>
public ref struct TcpOptions
{
    private const int LengthByte = 1;
    private const int ShortestLength = 2;

    private readonly Span<byte> _header;
    private int _offset;
    private int _length;
    private int _next;
    private bool _isWellFormed;

    internal TcpOptions(Span<byte> header)
    {
        _header = header;
        _next = TcpView.MinimumHeaderLength;
    }

    /// <summary>All option bytes, padding included.</summary>
    public readonly Span<byte> Bytes => _header[TcpView.MinimumHeaderLength..];

    /// <summary>The option at the current position.</summary>
    public readonly TcpOption Current => new(_header, _offset, _length, _isWellFormed);

    /// <summary>Returns the walk itself, for <c>foreach</c>.</summary>
    public readonly TcpOptions GetEnumerator() => this;

    /// <summary>Moves to the next option.</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    public bool MoveNext()
    {
        var header = _header;
        var offset = _next;
        if ((uint)offset >= (uint)header.Length)
        {
            return false;
        }

        _offset = offset;
        var kind = (TcpOptionKind)header[offset];
        if (kind <= TcpOptionKind.NoOperation)
        {
            (_length, _isWellFormed) = (1, true);
            _next = kind == TcpOptionKind.NoOperation ? offset + 1 : header.Length;
            return true;
        }

        var rest = header.Length - offset;
        var length = rest == LengthByte ? -1 : header[offset + LengthByte];
        var fits = length >= ShortestLength && length <= rest;
        (_length, _isWellFormed) = (length, fits);
        _next = fits ? offset + length : header.Length;
        return true;
    }
}
