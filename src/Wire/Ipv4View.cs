using System.Runtime.CompilerServices;

namespace Culvert.Wire;

/// <summary>
/// An IPv4 packet in place (RFC 791 §3.1). <see cref="TryParse"/> proves that the header is complete; after that no accessor fails.
/// Bytes after the total length are padding and excluded; a total length beyond the buffer makes the packet truncated.
/// <para>
/// A property that is set keeps the header checksum right: the update is incremental (RFC 1624), so a wrong checksum stays wrong by the
/// same amount. Addresses are set through <see cref="IpView"/>, because the transport checksum covers them too. Members whose name
/// contains <c>Raw</c>, and bytes written through a span, change nothing else.
/// </para>
/// </summary>
public readonly ref struct Ipv4View
{
    /// <summary>The length of an address in bytes.</summary>
    public const int AddressLength = 4;

    /// <summary>The length in bytes of a header without options.</summary>
    public const int MinimumHeaderLength = Field.Options;

    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;
    private const int VersionAndShortestHeader = 0x45;
    private const int DontFragmentBit = 0x4000;
    private const int MoreFragmentsBit = 0x2000;
    private const int ReservedBit = 0x8000;
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

    internal static class Field
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
    /// <param name="packet">The packet from its first byte; anything may follow it.</param>
    /// <param name="view">The packet without its padding.</param>
    /// <returns>
    /// <see langword="false"/> when the version is not 4 or the header is cut, shorter than 20 bytes or longer than the total length.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(Span<byte> packet, out Ipv4View view)
    {
        view = default;
        if (packet.Length < MinimumHeaderLength || packet[Field.VersionAndIhl] >> 4 != 4)
        {
            return false;
        }

        var headerLength = (packet[Field.VersionAndIhl] & 0xF) * sizeof(uint);
        var totalLength = HeaderField.Read16(packet, Field.TotalLength);
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

    /// <summary>The bytes after the header, as many as the buffer contains.</summary>
    public Span<byte> Payload => _packet[_headerLength..];

    /// <summary>Whether the total length exceeds the buffer.</summary>
    public bool IsTruncated { get; }

    /// <summary>The header's length in bytes, 20 to 60.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>The length of header and payload in bytes, as the header states it.</summary>
    public ushort TotalLength => Read(Field.TotalLength);

    /// <summary>The sender's address, 4 bytes.</summary>
    public ReadOnlySpan<byte> Source => _packet.Slice(Field.Source, AddressLength);

    /// <summary>The address of the next destination, 4 bytes.</summary>
    public ReadOnlySpan<byte> Destination => _packet.Slice(Field.Destination, AddressLength);

    /// <summary>
    /// The address in the transport's pseudo-header: the last one of a source route that is not used up, otherwise the destination.
    /// </summary>
    public ReadOnlySpan<byte> FinalDestination => _packet.Slice(FinalDestinationOffset, AddressLength);

    /// <summary>The protocol of the payload.</summary>
    public IpProtocol Protocol => (IpProtocol)_packet[Field.Protocol];

    /// <summary>Whether this is a fragment of a datagram, the first included.</summary>
    public bool IsFragment => (FlagsAndOffset & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    /// <summary>The reserved bit of the flags, zero by RFC 791.</summary>
    public bool ReservedFlag => (FlagsAndOffset & ReservedBit) != 0;

    /// <summary>DSCP and ECN (RFC 2474, RFC 3168).</summary>
    public byte TrafficClass
    {
        get => _packet[Field.TypeOfService];
        set => HeaderField.Replace8(_packet, Field.TypeOfService, value, Field.Checksum);
    }

    /// <summary>The number that the fragments of one datagram share.</summary>
    public ushort Identification
    {
        get => Read(Field.Identification);
        set => HeaderField.Replace16(_packet, Field.Identification, value, Field.Checksum);
    }

    /// <summary>The DF flag.</summary>
    public bool DontFragment
    {
        get => (FlagsAndOffset & DontFragmentBit) != 0;
        set => FlagsAndOffset = WithBit(DontFragmentBit, value);
    }

    /// <summary>The MF flag.</summary>
    public bool MoreFragments
    {
        get => (FlagsAndOffset & MoreFragmentsBit) != 0;
        set => FlagsAndOffset = WithBit(MoreFragmentsBit, value);
    }

    /// <summary>The fragment's position in its datagram in bytes: a multiple of 8, up to 65528.</summary>
    public int FragmentOffset
    {
        get => (FlagsAndOffset & FragmentOffsetMask) * FragmentUnit;
        set => FlagsAndOffset = (ushort)((FlagsAndOffset & ~FragmentOffsetMask) | ((value / FragmentUnit) & FragmentOffsetMask));
    }

    /// <summary>The number of hops left.</summary>
    public byte TimeToLive
    {
        get => _packet[Field.TimeToLive];
        set => HeaderField.Replace8(_packet, Field.TimeToLive, value, Field.Checksum);
    }

    /// <summary>The header checksum field. Setting it writes the value as it is.</summary>
    public ushort HeaderChecksum
    {
        get => Read(Field.Checksum);
        set => HeaderField.Write16(_packet, Field.Checksum, value);
    }

    /// <summary>
    /// Writes the total length alone. The header checksum and the transport checksum, whose pseudo-header contains the length, are left to
    /// the caller, and this view covers the same bytes as before.
    /// </summary>
    /// <param name="value">Bytes of header and payload.</param>
    public void SetRawTotalLength(ushort value) => HeaderField.Write16(_packet, Field.TotalLength, value);

    /// <summary>Writes a header without options in front of a payload, its checksum included.</summary>
    /// <param name="packet">Gets the header in its first 20 bytes; the payload follows and may be written before or after.</param>
    /// <param name="source">The sender's address, 4 bytes.</param>
    /// <param name="destination">The destination address, 4 bytes.</param>
    /// <param name="protocol">The protocol of the payload.</param>
    /// <param name="payloadLength">The payload's length in bytes, 0 to 65515.</param>
    /// <param name="timeToLive">The number of hops.</param>
    /// <param name="trafficClass">DSCP and ECN.</param>
    /// <param name="identification">The identification; meaningless while <paramref name="dontFragment"/> is set (RFC 6864 §4.1).</param>
    /// <param name="dontFragment">The DF flag.</param>
    /// <returns>The packet: header and payload.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="packet"/> is shorter than header and payload, or an address does not have 4 bytes.
    /// </exception>
    public static Ipv4View Write(
        Span<byte> packet, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, IpProtocol protocol, int payloadLength,
        byte timeToLive = 64, byte trafficClass = 0, ushort identification = 0, bool dontFragment = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, ushort.MaxValue - MinimumHeaderLength);
        ThrowIfNotAddress(source.Length, nameof(source));
        ThrowIfNotAddress(destination.Length, nameof(destination));
        var view = new Ipv4View(packet[..(MinimumHeaderLength + payloadLength)], MinimumHeaderLength, truncated: false);
        packet[Field.VersionAndIhl] = VersionAndShortestHeader;
        packet[Field.TypeOfService] = trafficClass;
        HeaderField.Write16(packet, Field.TotalLength, (ushort)view._packet.Length);
        HeaderField.Write16(packet, Field.Identification, identification);
        HeaderField.Write16(packet, Field.FlagsAndOffset, dontFragment ? (ushort)DontFragmentBit : (ushort)0);
        packet[Field.TimeToLive] = timeToLive;
        packet[Field.Protocol] = (byte)protocol;
        source.CopyTo(packet[Field.Source..]);
        destination.CopyTo(packet[Field.Destination..]);
        view.FillHeaderChecksum();
        return view;
    }

    /// <summary>Whether the header checksum is right.</summary>
    public bool IsHeaderChecksumValid => _headerLength == MinimumHeaderLength
        ? InternetChecksum.IsPlainHeaderValid(_packet)
        : InternetChecksum.IsValid(Header);

    /// <summary>Computes the value that the header checksum should have.</summary>
    public ushort ComputeHeaderChecksum() => InternetChecksum.ComputeWithout(Header, Field.Checksum);

    /// <summary>Computes the header checksum and writes it.</summary>
    public void FillHeaderChecksum() => HeaderChecksum = ComputeHeaderChecksum();

    /// <summary>
    /// Returns the sum of the pseudo-header in front of the payload (RFC 9293 §3.1): addresses, protocol and the payload's length.
    /// </summary>
    public uint PseudoHeaderSum() =>
        InternetChecksum.PseudoHeader(Source, FinalDestination, Protocol, TotalLength - _headerLength);

    /// <summary>Returns a view of a packet whose header was proved before.</summary>
    internal static Ipv4View OfProved(Span<byte> packet, int headerLength, bool truncated) => new(packet, headerLength, truncated);

    internal int FinalDestinationOffset => _headerLength == MinimumHeaderLength ? Field.Destination : RoutedDestination();

    private ushort FlagsAndOffset
    {
        get => Read(Field.FlagsAndOffset);
        set => HeaderField.Replace16(_packet, Field.FlagsAndOffset, value, Field.Checksum);
    }

    private ushort Read(int field) => HeaderField.Read16(_packet, field);

    private ushort WithBit(int bit, bool set) => (ushort)(set ? FlagsAndOffset | bit : FlagsAndOffset & ~bit);

    private static void ThrowIfNotAddress(int length, string name)
    {
        if (length != AddressLength)
        {
            throw new ArgumentException($"An IPv4 address has {AddressLength} bytes, not {length}.", name);
        }
    }

    // RFC 791 §3.1: kind, length, pointer (counted from 1, the kind's byte), addresses. A pointer beyond the length: used up.
    private int RoutedDestination()
    {
        const int Length = 1;
        const int Pointer = 2;
        const int Addresses = 3;
        var at = Field.Options;
        while (at + Pointer < _headerLength && _packet[at] != 0)
        {
            if (_packet[at] == 1)
            {
                at++;
                continue;
            }

            var length = _packet[at + Length];
            if (length < 2 || at + length > _headerLength)
            {
                break;
            }

            if (_packet[at] is LooseSourceRoute or StrictSourceRoute)
            {
                var open = length >= Addresses + AddressLength && _packet[at + Pointer] + AddressLength - 1 <= length;
                return open ? at + length - AddressLength : Field.Destination;
            }

            at += length;
        }

        return Field.Destination;
    }
}
