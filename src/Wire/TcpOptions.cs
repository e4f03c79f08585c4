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
    private int _next;

    internal TcpOptions(Span<byte> header)
    {
        _header = header;
        _next = TcpView.MinimumHeaderLength;
    }

    /// <summary>All option bytes, padding included.</summary>
    public readonly Span<byte> Bytes => _header[TcpView.MinimumHeaderLength..];

    /// <summary>The option at the current position.</summary>
    public TcpOption Current { get; private set; }

    /// <summary>Returns the walk itself, for <c>foreach</c>.</summary>
    public readonly TcpOptions GetEnumerator() => this;

    /// <summary>Moves to the next option.</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    public bool MoveNext()
    {
        var offset = _next;
        if (offset >= _header.Length)
        {
            return false;
        }

        switch ((TcpOptionKind)_header[offset])
        {
            case TcpOptionKind.EndOfList:
                Current = new TcpOption(_header, offset, 1, wellFormed: true);
                _next = _header.Length;
                return true;
            case TcpOptionKind.NoOperation:
                Current = new TcpOption(_header, offset, 1, wellFormed: true);
                _next++;
                return true;
        }

        var rest = _header.Length - offset;
        var length = rest == LengthByte ? -1 : _header[offset + LengthByte];
        var fits = length >= ShortestLength && length <= rest;
        Current = new TcpOption(_header, offset, length, fits);
        _next = fits ? offset + length : _header.Length;
        return true;
    }
}
