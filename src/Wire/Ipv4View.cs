using System.Buffers.Binary;

namespace Culvert.Wire;

/// <summary>
/// An IPv4 packet (RFC 791 §3.1) in place. <see cref="TryParse"/> proves that the header is whole; from then on no accessor can fail.
/// Bytes behind the total length are padding and stay outside; a total length beyond the buffer makes the packet truncated. A setter
/// writes its field only: the checksum is the caller's to update.
/// </summary>
public readonly ref struct Ipv4View
{
    /// <summary>The bytes of an address.</summary>
    public const int AddressLength = 4;

    /// <summary>The bytes of a header without options.</summary>
    public const int MinimumHeaderLength = Field.Options;

    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;
    private const int DontFragmentBit = 0x4000;
    private const int MoreFragmentsBit = 0x2000;
    private const int FragmentOffsetMask = 0x1FFF;
    private const int FragmentUnit = 8;

    private readonly Span<byte> _packet;
    private readonly int _headerLength;

    private Ipv4View(Span<byte> packet, int headerLength, bool truncated)
    {
        _packet = packet;
        _headerLength = headerLength;
        IsTruncated = truncated;
    }

    private static class Field
    {
        public const int VersionAndIhl = 0;
        public const int TypeOfService = VersionAndIhl + 1;
        public const int TotalLength = TypeOfService + 1;
        public const int Identification = TotalLength + 2;
        public const int FlagsAndOffset = Identification + 2;
        public const int TimeToLive = FlagsAndOffset + 2;
        public const int Protocol = TimeToLive + 1;
        public const int Checksum = Protocol + 1;
        public const int Source = Checksum + 2;
        public const int Destination = Source + AddressLength;
        public const int Options = Destination + AddressLength;
    }

    /// <summary>Proves an IPv4 header.</summary>
    /// <param name="packet">The packet from its first byte on; anything may follow it.</param>
    /// <param name="view">The packet without its padding.</param>
    /// <returns>
    /// False when the version is not 4, the header is cut, shorter than 20 bytes, or longer than the total length.
    /// </returns>
    public static bool TryParse(Span<byte> packet, out Ipv4View view)
    {
        view = default;
        if (packet.Length < MinimumHeaderLength || packet[Field.VersionAndIhl] >> 4 != 4)
        {
            return false;
        }

        var headerLength = (packet[Field.VersionAndIhl] & 0xF) * sizeof(uint);
        var totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[Field.TotalLength..]);
        if (headerLength < MinimumHeaderLength || headerLength > packet.Length || headerLength > totalLength)
        {
            return false;
        }

        var truncated = totalLength > packet.Length;
        view = new Ipv4View(truncated ? packet : packet[..totalLength], headerLength, truncated);
        return true;
    }

    /// <summary>The packet: header and payload, without padding.</summary>
    public Span<byte> Packet => _packet;

    /// <summary>The header with its options.</summary>
    public Span<byte> Header => _packet[.._headerLength];

    /// <summary>The options with their padding; often empty.</summary>
    public Span<byte> Options => _packet[Field.Options.._headerLength];

    /// <summary>What follows the header, as much of it as is here.</summary>
    public Span<byte> Payload => _packet[_headerLength..];

    /// <summary>True when the total length says more than the buffer holds.</summary>
    public bool IsTruncated { get; }

    /// <summary>20 to 60 bytes.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>DSCP and ECN: RFC 2474, RFC 3168.</summary>
    public byte TrafficClass
    {
        get => _packet[Field.TypeOfService];
        set => _packet[Field.TypeOfService] = value;
    }

    /// <summary>Bytes of header and payload, as the header says. Setting it does not change what this view covers.</summary>
    public ushort TotalLength
    {
        get => Read(Field.TotalLength);
        set => Write(Field.TotalLength, value);
    }

    /// <summary>Tells the fragments of one datagram from another's.</summary>
    public ushort Identification
    {
        get => Read(Field.Identification);
        set => Write(Field.Identification, value);
    }

    /// <summary>The DF flag.</summary>
    public bool DontFragment
    {
        get => (Read(Field.FlagsAndOffset) & DontFragmentBit) != 0;
        set => Write(Field.FlagsAndOffset, WithBit(DontFragmentBit, value));
    }

    /// <summary>The MF flag.</summary>
    public bool MoreFragments
    {
        get => (Read(Field.FlagsAndOffset) & MoreFragmentsBit) != 0;
        set => Write(Field.FlagsAndOffset, WithBit(MoreFragmentsBit, value));
    }

    /// <summary>The reserved bit of the flags, zero by RFC 791.</summary>
    public bool ReservedFlag => (Read(Field.FlagsAndOffset) & 0x8000) != 0;

    /// <summary>Where this fragment lies in its datagram, in bytes: a multiple of 8.</summary>
    public int FragmentOffset
    {
        get => (Read(Field.FlagsAndOffset) & FragmentOffsetMask) * FragmentUnit;
        set => Write(Field.FlagsAndOffset, (ushort)((Read(Field.FlagsAndOffset) & ~FragmentOffsetMask) |
            ((value / FragmentUnit) & FragmentOffsetMask)));
    }

    /// <summary>True for every fragment of a datagram that was cut up, the first included.</summary>
    public bool IsFragment => (Read(Field.FlagsAndOffset) & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    /// <summary>Hops that are left.</summary>
    public byte TimeToLive
    {
        get => _packet[Field.TimeToLive];
        set => _packet[Field.TimeToLive] = value;
    }

    /// <summary>What the payload is.</summary>
    public IpProtocol Protocol
    {
        get => (IpProtocol)_packet[Field.Protocol];
        set => _packet[Field.Protocol] = (byte)value;
    }

    /// <summary>The sender's address: 4 bytes, to be read or written.</summary>
    public Span<byte> Source => _packet.Slice(Field.Source, AddressLength);

    /// <summary>The next receiver's address: 4 bytes, to be read or written.</summary>
    public Span<byte> Destination => _packet.Slice(Field.Destination, AddressLength);

    /// <summary>
    /// The address that the transport's pseudo-header uses: the last of a source route that is not used up, else the destination.
    /// </summary>
    public Span<byte> FinalDestination => Options.IsEmpty ? Destination : RoutedDestination();

    /// <summary>The header checksum field.</summary>
    public ushort HeaderChecksum
    {
        get => Read(Field.Checksum);
        set => Write(Field.Checksum, value);
    }

    /// <summary>True when the header checksum is right.</summary>
    public bool IsHeaderChecksumValid => InternetChecksum.IsValid(Header);

    /// <summary>The value that the header checksum should have.</summary>
    public ushort ComputeHeaderChecksum() => InternetChecksum.ComputeWithout(Header, Field.Checksum);

    /// <summary>Writes the header checksum that is right.</summary>
    public void FillHeaderChecksum() => HeaderChecksum = ComputeHeaderChecksum();

    private ushort Read(int field) => BinaryPrimitives.ReadUInt16BigEndian(_packet[field..]);

    private void Write(int field, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(_packet[field..], value);

    private ushort WithBit(int bit, bool set) =>
        (ushort)(set ? Read(Field.FlagsAndOffset) | bit : Read(Field.FlagsAndOffset) & ~bit);

    // RFC 791 §3.1: kind, length, pointer (counted from 1, the kind's byte), addresses. A pointer beyond the length: used up.
    private Span<byte> RoutedDestination()
    {
        const int Length = 1;
        const int Pointer = 2;
        const int Addresses = 3;
        var rest = Options;
        while (rest.Length > Pointer && rest[0] != 0)
        {
            if (rest[0] == 1)
            {
                rest = rest[1..];
                continue;
            }

            var length = rest[Length];
            if (length < 2 || length > rest.Length)
            {
                break;
            }

            if (rest[0] is LooseSourceRoute or StrictSourceRoute)
            {
                var open = length >= Addresses + AddressLength && rest[Pointer] + AddressLength - 1 <= length;
                return open ? rest.Slice(length - AddressLength, AddressLength) : Destination;
            }

            rest = rest[length..];
        }

        return Destination;
    }
}
