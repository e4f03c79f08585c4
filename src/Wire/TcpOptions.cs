namespace Culvert.Wire;

/// <summary>
/// Walks the options of a TCP header in order, without an allocation:
/// <code>foreach (var option in tcp.Options) { … }</code>
/// Every option is yielded, No Operation and End Of List included. The walk stops behind End Of List (what follows is padding), behind
/// an option with length 0 or 1, behind one that runs past the header, and behind a kind without a length byte; the last three are
/// yielded as not well-formed. It reads no byte outside the options and makes at most 40 steps.
/// </summary>
public ref struct TcpOptions
{
    private const int LengthByte = 1;
    private const int ShortestLength = 2;

    private readonly Span<byte> _options;
    private readonly int _base;
    private int _next;

    /// <summary>Starts before the first option.</summary>
    /// <param name="options">The option bytes of a header, 0 to 40.</param>
    /// <param name="offset">Where they lie, from the header's first byte.</param>
    public TcpOptions(Span<byte> options, int offset = TcpView.MinimumHeaderLength)
    {
        _options = options;
        _base = offset;
    }

    /// <summary>All option bytes, padding included.</summary>
    public readonly Span<byte> Bytes => _options;

    /// <summary>The option at the present place.</summary>
    public TcpOption Current { get; private set; }

    /// <summary>The walk itself, for <c>foreach</c>.</summary>
    public readonly TcpOptions GetEnumerator() => this;

    /// <summary>Goes to the next option.</summary>
    public bool MoveNext()
    {
        if (_next >= _options.Length)
        {
            return false;
        }

        var rest = _options[_next..];
        var offset = _base + _next;
        switch ((TcpOptionKind)rest[0])
        {
            case TcpOptionKind.EndOfList:
                Current = new TcpOption(rest[..1], offset, 1, wellFormed: true);
                _next = _options.Length;
                return true;
            case TcpOptionKind.NoOperation:
                Current = new TcpOption(rest[..1], offset, 1, wellFormed: true);
                _next++;
                return true;
        }

        if (rest.Length == LengthByte)
        {
            Current = new TcpOption(rest, offset, -1, wellFormed: false);
            _next = _options.Length;
            return true;
        }

        int length = rest[LengthByte];
        var fits = length >= ShortestLength && length <= rest.Length;
        Current = new TcpOption(fits ? rest[..length] : rest, offset, length, fits);
        _next = fits ? _next + length : _options.Length;
        return true;
    }
}
