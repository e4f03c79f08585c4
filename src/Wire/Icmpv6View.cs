using System.Buffers.Binary;

namespace Culvert.Wire;

/// <summary>
/// An ICMPv6 message (RFC 4443 §2.1) in place. <see cref="TryParse"/> proves that the 8 bytes which every message defined so far has are
/// here; from then on no accessor can fail. Unlike ICMP's, its checksum covers a pseudo-header.
/// </summary>
public readonly ref struct Icmpv6View
{
    /// <summary>The bytes of type, code, checksum and the first word of the body.</summary>
    public const int HeaderLength = Field.Payload;

    /// <summary>Where the checksum field lies, from the message's first byte.</summary>
    public const int ChecksumOffset = Field.Checksum;

    private readonly Span<byte> _message;

    private Icmpv6View(Span<byte> message) => _message = message;

    private static class Field
    {
        public const int Type = 0;
        public const int Code = Type + 1;
        public const int Checksum = Code + 1;
        public const int Body = Checksum + 2;
        public const int Sequence = Body + 2;
        public const int Payload = Sequence + 2;
    }

    /// <summary>Proves an ICMPv6 header.</summary>
    /// <param name="message">The message, header first: <see cref="IpView.Transport"/>.</param>
    /// <param name="view">The message.</param>
    /// <returns>False when it has fewer than 8 bytes.</returns>
    public static bool TryParse(Span<byte> message, out Icmpv6View view)
    {
        var whole = message.Length >= HeaderLength;
        view = whole ? new Icmpv6View(message) : default;
        return whole;
    }

    /// <summary>Header and payload.</summary>
    public Span<byte> Message => _message;

    /// <summary>What follows the 8 bytes of header: for an error, the packet that it is about.</summary>
    public Span<byte> Payload => _message[HeaderLength..];

    /// <summary>The type; below 128 an error.</summary>
    public byte Type
    {
        get => _message[Field.Type];
        set => _message[Field.Type] = value;
    }

    /// <summary>The code.</summary>
    public byte Code
    {
        get => _message[Field.Code];
        set => _message[Field.Code] = value;
    }

    /// <summary>The checksum field.</summary>
    public ushort Checksum
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_message[Field.Checksum..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_message[Field.Checksum..], value);
    }

    /// <summary>The identifier of an echo.</summary>
    public ushort Identifier
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_message[Field.Body..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_message[Field.Body..], value);
    }

    /// <summary>The sequence number of an echo.</summary>
    public ushort Sequence
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_message[Field.Sequence..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_message[Field.Sequence..], value);
    }

    /// <summary>The MTU in bytes, in "packet too big" (type 2; RFC 4443 §3.2).</summary>
    public uint Mtu
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(_message[Field.Body..]);
        set => BinaryPrimitives.WriteUInt32BigEndian(_message[Field.Body..], value);
    }

    /// <summary>True when the checksum is right.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public bool IsChecksumValid(uint pseudoHeader) => InternetChecksum.IsValid(_message, pseudoHeader);

    /// <summary>The value that the checksum should have.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public ushort ComputeChecksum(uint pseudoHeader) =>
        InternetChecksum.ComputeWithout(_message, Field.Checksum, pseudoHeader);
}
