using System.Buffers.Binary;

namespace Culvert.Wire;

/// <summary>
/// An IPv6 packet (RFC 8200 §3) in place. <see cref="TryParse"/> proves that the fixed header is whole; from then on no accessor can
/// fail. Bytes behind the payload length are padding and stay outside; a payload length beyond the buffer makes the packet truncated.
/// Extension headers belong to the payload: <see cref="Ipv6Chain"/> walks them.
/// </summary>
public readonly ref struct Ipv6View
{
    /// <summary>The bytes of an address.</summary>
    public const int AddressLength = 16;

    /// <summary>The bytes of the fixed header.</summary>
    public const int HeaderLength = Field.Payload;

    private const uint FlowLabelMask = 0xF_FFFF;

    private readonly Span<byte> _packet;

    private Ipv6View(Span<byte> packet, bool truncated)
    {
        _packet = packet;
        IsTruncated = truncated;
    }

    private static class Field
    {
        public const int VersionClassFlow = 0;
        public const int PayloadLength = VersionClassFlow + 4;
        public const int NextHeader = PayloadLength + 2;
        public const int HopLimit = NextHeader + 1;
        public const int Source = HopLimit + 1;
        public const int Destination = Source + AddressLength;
        public const int Payload = Destination + AddressLength;
    }

    /// <summary>Proves an IPv6 header.</summary>
    /// <param name="packet">The packet from its first byte on; anything may follow it.</param>
    /// <param name="view">The packet without its padding.</param>
    /// <returns>False when the version is not 6 or the fixed header is cut.</returns>
    public static bool TryParse(Span<byte> packet, out Ipv6View view)
    {
        view = default;
        if (packet.Length < HeaderLength || packet[Field.VersionClassFlow] >> 4 != 6)
        {
            return false;
        }

        var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(packet[Field.PayloadLength..]);
        var truncated = length > packet.Length;
        view = new Ipv6View(truncated ? packet : packet[..length], truncated);
        return true;
    }

    /// <summary>The packet: header and payload, without padding.</summary>
    public Span<byte> Packet => _packet;

    /// <summary>The fixed header.</summary>
    public Span<byte> Header => _packet[..HeaderLength];

    /// <summary>Extension headers and what follows them, as much of it as is here.</summary>
    public Span<byte> Payload => _packet[HeaderLength..];

    /// <summary>True when the payload length says more than the buffer holds.</summary>
    public bool IsTruncated { get; }

    /// <summary>DSCP and ECN.</summary>
    public byte TrafficClass
    {
        get => (byte)(FirstWord >> 20);
        set => FirstWord = (FirstWord & ~(0xFFu << 20)) | ((uint)value << 20);
    }

    /// <summary>The flow label, 20 bits; higher bits of a set value are ignored.</summary>
    public uint FlowLabel
    {
        get => FirstWord & FlowLabelMask;
        set => FirstWord = (FirstWord & ~FlowLabelMask) | (value & FlowLabelMask);
    }

    /// <summary>Bytes behind the fixed header, as it says. Setting it does not change what this view covers.</summary>
    public ushort PayloadLength
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_packet[Field.PayloadLength..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_packet[Field.PayloadLength..], value);
    }

    /// <summary>The first extension header, or the upper layer.</summary>
    public IpProtocol NextHeader
    {
        get => (IpProtocol)_packet[Field.NextHeader];
        set => _packet[Field.NextHeader] = (byte)value;
    }

    /// <summary>Hops that are left.</summary>
    public byte HopLimit
    {
        get => _packet[Field.HopLimit];
        set => _packet[Field.HopLimit] = value;
    }

    /// <summary>The sender's address: 16 bytes, to be read or written.</summary>
    public Span<byte> Source => _packet.Slice(Field.Source, AddressLength);

    /// <summary>The next receiver's address: 16 bytes, to be read or written.</summary>
    public Span<byte> Destination => _packet.Slice(Field.Destination, AddressLength);

    private uint FirstWord
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(_packet);
        set => BinaryPrimitives.WriteUInt32BigEndian(_packet, value);
    }
}
