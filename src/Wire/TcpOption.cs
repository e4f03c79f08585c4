using System.Buffers.Binary;

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
    /// <summary>The length in bytes of a Maximum Segment Size option.</summary>
    public const int MssLength = MssValue + sizeof(ushort);

    /// <summary>Where the value of a Maximum Segment Size option lies, from the option's first byte.</summary>
    public const int MssValue = 2;

    private readonly Span<byte> _bytes;

    internal TcpOption(Span<byte> bytes, int offset, int length, bool wellFormed)
    {
        _bytes = bytes;
        Offset = offset;
        Length = length;
        IsWellFormed = wellFormed;
    }

    /// <summary>The option's kind.</summary>
    public TcpOptionKind Kind => (TcpOptionKind)_bytes[0];

    /// <summary>Where the option starts, in bytes from the TCP header's first byte: 20 to 59.</summary>
    public int Offset { get; }

    /// <summary>
    /// The option's length as its length byte says, kind and length included: 1 for End Of List and No Operation; it may be 0, 1 or
    /// past the header when <see cref="IsWellFormed"/> is false; −1 when there was no length byte.
    /// </summary>
    public int Length { get; }

    /// <summary>True when the option has a length that it can have and lies within the header. Nothing follows one that has not.</summary>
    public bool IsWellFormed { get; }

    /// <summary>The option's bytes, kind and length included, as far as they lie in the header.</summary>
    public Span<byte> Bytes => _bytes;

    /// <summary>What follows kind and length; empty when there is nothing.</summary>
    public Span<byte> Value => _bytes.Length > MssValue ? _bytes[MssValue..] : default;

    /// <summary>True for a Maximum Segment Size option of the right length.</summary>
    public bool IsMss => Kind == TcpOptionKind.MaximumSegmentSize && Length == MssLength && IsWellFormed;

    /// <summary>The value of a Maximum Segment Size option (<see cref="IsMss"/>); 0 for any other option.</summary>
    public ushort Mss
    {
        get => IsMss ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[MssValue..]) : (ushort)0;
        set
        {
            if (IsMss)
            {
                BinaryPrimitives.WriteUInt16BigEndian(_bytes[MssValue..], value);
            }
        }
    }

    /// <summary>Where the value of a Maximum Segment Size option lies, in bytes from the TCP header's first byte; odd or even.</summary>
    public int MssOffset => Offset + MssValue;
}
