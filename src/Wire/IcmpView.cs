using System.Buffers.Binary;

namespace Culvert.Wire;

/// <summary>
/// An ICMP message for IPv4 (RFC 792) in place. <see cref="TryParse"/> proves that the 8 bytes which every message has are here; from
/// then on no accessor can fail. Its checksum covers the message alone, without a pseudo-header.
/// </summary>
public readonly ref struct IcmpView
{
    /// <summary>The bytes of the header.</summary>
    public const int HeaderLength = Field.Payload;

    /// <summary>Where the checksum field lies, from the message's first byte.</summary>
    public const int ChecksumOffset = Field.Checksum;

    private readonly Span<byte> _message;

    private IcmpView(Span<byte> message) => _message = message;

    private static class Field
    {
        public const int Type = 0;
        public const int Code = Type + 1;
        public const int Checksum = Code + 1;
        public const int First = Checksum + 2;
        public const int Second = First + 2;
        public const int Payload = Second + 2;
    }

    /// <summary>Proves an ICMP header.</summary>
    /// <param name="message">The message, header first: <see cref="IpView.Transport"/>.</param>
    /// <param name="view">The message.</param>
    /// <returns>False when it has fewer than 8 bytes.</returns>
    public static bool TryParse(Span<byte> message, out IcmpView view)
    {
        var whole = message.Length >= HeaderLength;
        view = whole ? new IcmpView(message) : default;
        return whole;
    }

    /// <summary>Header and payload.</summary>
    public Span<byte> Message => _message;

    /// <summary>What follows the 8 bytes of header: for an error, the packet that it is about.</summary>
    public Span<byte> Payload => _message[HeaderLength..];

    /// <summary>The type.</summary>
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
        get => Read(Field.Checksum);
        set => Write(Field.Checksum, value);
    }

    /// <summary>The identifier of an echo.</summary>
    public ushort Identifier
    {
        get => Read(Field.First);
        set => Write(Field.First, value);
    }

    /// <summary>The sequence number of an echo.</summary>
    public ushort Sequence
    {
        get => Read(Field.Second);
        set => Write(Field.Second, value);
    }

    /// <summary>The next hop's MTU in bytes, in "fragmentation needed" (type 3, code 4; RFC 1191 §4).</summary>
    public ushort NextHopMtu
    {
        get => Read(Field.Second);
        set => Write(Field.Second, value);
    }

    /// <summary>True when the checksum is right.</summary>
    public bool IsChecksumValid => InternetChecksum.IsValid(_message);

    /// <summary>The value that the checksum should have.</summary>
    public ushort ComputeChecksum() => InternetChecksum.ComputeWithout(_message, Field.Checksum);

    private ushort Read(int field) => BinaryPrimitives.ReadUInt16BigEndian(_message[field..]);

    private void Write(int field, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(_message[field..], value);
}
