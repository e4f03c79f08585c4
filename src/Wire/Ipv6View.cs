namespace Culvert.Wire;

/// <summary>
/// An IPv6 packet in place (RFC 8200 §3). <see cref="TryParse"/> proves that the fixed header is complete; after that no accessor fails.
/// Bytes after the payload length are padding and excluded; a payload length beyond the buffer makes the packet truncated. Extension
/// headers belong to the payload: <see cref="Ipv6Chain"/> walks them.
/// <para>
/// IPv6 has no header checksum. Addresses are set through <see cref="IpView"/>, because the transport checksum covers them. Members whose
/// name contains <c>Raw</c>, and bytes written through a span, change nothing else.
/// </para>
/// </summary>
public readonly ref struct Ipv6View
{
    /// <summary>The length of an address in bytes.</summary>
    public const int AddressLength = 16;

    /// <summary>The length of the fixed header in bytes.</summary>
    public const int HeaderLength = Field.Payload;

    private const uint VersionBits = 6u << 28;
    private const int TrafficClassShift = 20;
    private const uint FlowLabelMask = 0xF_FFFF;

    private readonly Span<byte> _packet;

    private Ipv6View(Span<byte> packet, bool truncated)
    {
        _packet = packet;
        IsTruncated = truncated;
    }

    internal static class Field
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
    /// <param name="packet">The packet from its first byte; anything may follow it.</param>
    /// <param name="view">The packet without its padding.</param>
    /// <returns><see langword="false"/> when the version is not 6 or the fixed header is cut.</returns>
    public static bool TryParse(Span<byte> packet, out Ipv6View view)
    {
        view = default;
        if (packet.Length < HeaderLength || packet[Field.VersionClassFlow] >> 4 != 6)
        {
            return false;
        }

        var length = HeaderLength + HeaderField.Read16(packet, Field.PayloadLength);
        var truncated = length > packet.Length;
        view = new Ipv6View(truncated ? packet : packet[..length], truncated);
        return true;
    }

    /// <summary>The packet: header and payload, without padding.</summary>
    public Span<byte> Packet => _packet;

    /// <summary>The fixed header.</summary>
    public Span<byte> Header => _packet[..HeaderLength];

    /// <summary>Extension headers and the bytes after them, as many as the buffer contains.</summary>
    public Span<byte> Payload => _packet[HeaderLength..];

    /// <summary>Whether the payload length exceeds the buffer.</summary>
    public bool IsTruncated { get; }

    /// <summary>The length of everything after the fixed header in bytes, as the header states it.</summary>
    public ushort PayloadLength => HeaderField.Read16(_packet, Field.PayloadLength);

    /// <summary>The sender's address, 16 bytes.</summary>
    public ReadOnlySpan<byte> Source => _packet.Slice(Field.Source, AddressLength);

    /// <summary>The address of the next destination, 16 bytes.</summary>
    public ReadOnlySpan<byte> Destination => _packet.Slice(Field.Destination, AddressLength);

    /// <summary>The first extension header, or the upper layer.</summary>
    public IpProtocol NextHeader => (IpProtocol)_packet[Field.NextHeader];

    /// <summary>DSCP and ECN.</summary>
    public byte TrafficClass
    {
        get => (byte)(FirstWord >> TrafficClassShift);
        set => FirstWord = (FirstWord & ~(0xFFu << TrafficClassShift)) | ((uint)value << TrafficClassShift);
    }

    /// <summary>The flow label, 20 bits; the higher bits of a value that is set are ignored.</summary>
    public uint FlowLabel
    {
        get => FirstWord & FlowLabelMask;
        set => FirstWord = (FirstWord & ~FlowLabelMask) | (value & FlowLabelMask);
    }

    /// <summary>The number of hops left.</summary>
    public byte HopLimit
    {
        get => _packet[Field.HopLimit];
        set => _packet[Field.HopLimit] = value;
    }

    /// <summary>
    /// Writes the payload length alone. The transport checksum, whose pseudo-header contains a length, is left to the caller, and this
    /// view covers the same bytes as before.
    /// </summary>
    /// <param name="value">Bytes after the fixed header.</param>
    public void SetRawPayloadLength(ushort value) => HeaderField.Write16(_packet, Field.PayloadLength, value);

    /// <summary>Writes a header in front of a payload.</summary>
    /// <param name="packet">Gets the header in its first 40 bytes; the payload follows and may be written before or after.</param>
    /// <param name="source">The sender's address, 16 bytes.</param>
    /// <param name="destination">The destination address, 16 bytes.</param>
    /// <param name="nextHeader">The protocol of the payload.</param>
    /// <param name="payloadLength">The payload's length in bytes, 0 to 65535.</param>
    /// <param name="hopLimit">The number of hops.</param>
    /// <param name="trafficClass">DSCP and ECN.</param>
    /// <param name="flowLabel">The flow label, 20 bits.</param>
    /// <returns>The packet: header and payload.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="packet"/> is shorter than header and payload, or an address does not have 16 bytes.
    /// </exception>
    public static Ipv6View Write(
        Span<byte> packet, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, IpProtocol nextHeader, int payloadLength,
        byte hopLimit = 64, byte trafficClass = 0, uint flowLabel = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, ushort.MaxValue);
        ThrowIfNotAddress(source.Length, nameof(source));
        ThrowIfNotAddress(destination.Length, nameof(destination));
        var view = new Ipv6View(packet[..(HeaderLength + payloadLength)], truncated: false);
        view.FirstWord = VersionBits | ((uint)trafficClass << TrafficClassShift) | (flowLabel & FlowLabelMask);
        HeaderField.Write16(packet, Field.PayloadLength, (ushort)payloadLength);
        packet[Field.NextHeader] = (byte)nextHeader;
        packet[Field.HopLimit] = hopLimit;
        source.CopyTo(packet[Field.Source..]);
        destination.CopyTo(packet[Field.Destination..]);
        return view;
    }

    /// <summary>
    /// Returns the sum of the pseudo-header (RFC 8200 §8.1) of a payload without extension headers. <see cref="IpView"/> returns it for
    /// any packet.
    /// </summary>
    public uint PseudoHeaderSum() => InternetChecksum.PseudoHeader(Source, Destination, NextHeader, PayloadLength);

    /// <summary>Returns a view of a packet whose header was proved before.</summary>
    internal static Ipv6View OfProved(Span<byte> packet, bool truncated) => new(packet, truncated);

    private uint FirstWord
    {
        get => HeaderField.Read32(_packet, Field.VersionClassFlow);
        set => HeaderField.Write32(_packet, Field.VersionClassFlow, value);
    }

    private static void ThrowIfNotAddress(int length, string name)
    {
        if (length != AddressLength)
        {
            throw new ArgumentException($"An IPv6 address has {AddressLength} bytes, not {length}.", name);
        }
    }
}
