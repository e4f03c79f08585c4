namespace Culvert.Wire;

/// <summary>The TCP option kinds that Culvert knows by name; any byte may occur. Source: IANA, TCP Option Kind Numbers.</summary>
public enum TcpOptionKind : byte
{
    /// <summary>End of the option list; what follows is padding. RFC 9293 §3.1.</summary>
    EndOfList = 0,

    /// <summary>One byte of filling. RFC 9293 §3.1.</summary>
    NoOperation = 1,

    /// <summary>Maximum Segment Size, 4 bytes. RFC 9293 §3.7.1.</summary>
    MaximumSegmentSize = 2,

    /// <summary>Window Scale, 3 bytes. RFC 7323 §2.2.</summary>
    WindowScale = 3,

    /// <summary>SACK permitted, 2 bytes. RFC 2018 §2.</summary>
    SackPermitted = 4,

    /// <summary>Selective acknowledgments. RFC 2018 §3.</summary>
    Sack = 5,

    /// <summary>Timestamps, 10 bytes. RFC 7323 §3.2.</summary>
    Timestamps = 8,

    /// <summary>MD5 signature, 18 bytes. RFC 2385.</summary>
    Md5Signature = 19,

    /// <summary>TCP-AO. RFC 5925.</summary>
    Authentication = 29,

    /// <summary>Multipath TCP. RFC 8684.</summary>
    Multipath = 30,

    /// <summary>TCP Fast Open cookie. RFC 7413.</summary>
    FastOpen = 34,
}

/// <summary>One TCP option in place. No accessor fails.</summary>
public readonly ref struct TcpOption
{
    /// <summary>The length of a Maximum Segment Size option in bytes.</summary>
    public const int MssLength = MssValue + sizeof(ushort);

    /// <summary>The offset of the value in a Maximum Segment Size option.</summary>
    public const int MssValue = 2;

    private readonly Span<byte> _header;

    internal TcpOption(Span<byte> header, int offset, int length, bool wellFormed)
    {
        _header = header;
        Offset = offset;
        Length = length;
        IsWellFormed = wellFormed;
    }

    /// <summary>The option's kind.</summary>
    public TcpOptionKind Kind => (TcpOptionKind)_header[Offset];

    /// <summary>The option's offset from the TCP header's first byte: 20 to 59.</summary>
    public int Offset { get; }

    /// <summary>
    /// The option's length in bytes as its length byte states it, kind and length included. 1 for End Of List and No Operation. When
    /// <see cref="IsWellFormed"/> is <see langword="false"/> it may be 0, 1 or past the header, and −1 without a length byte.
    /// </summary>
    public int Length { get; }

    /// <summary>Whether the option has a possible length and lies within the header. Nothing follows one that does not.</summary>
    public bool IsWellFormed { get; }

    /// <summary>The option's bytes, kind and length included, as far as they lie in the header.</summary>
    public Span<byte> Bytes => IsWellFormed ? _header.Slice(Offset, Length) : _header[Offset..];

    /// <summary>The bytes after kind and length; may be empty.</summary>
    public Span<byte> Value => Bytes is { Length: > MssValue } bytes ? bytes[MssValue..] : default;

    /// <summary>Whether this is a Maximum Segment Size option of the right length.</summary>
    public bool IsMss => Kind == TcpOptionKind.MaximumSegmentSize && Length == MssLength && IsWellFormed;

    /// <summary>
    /// The value of a Maximum Segment Size option (<see cref="IsMss"/>) in bytes; 0 for any other option, which setting does not change.
    /// Setting it keeps the TCP checksum right, at an odd offset too (RFC 1624).
    /// </summary>
    public ushort Mss
    {
        get => IsMss ? HeaderField.Read16(_header, MssOffset) : (ushort)0;
        set
        {
            if (IsMss)
            {
                HeaderField.Replace16(_header, MssOffset, value, TcpView.ChecksumOffset);
            }
        }
    }

    private int MssOffset => Offset + MssValue;
}
