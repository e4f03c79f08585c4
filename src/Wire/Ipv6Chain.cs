using System.Buffers.Binary;

namespace Culvert.Wire;

/// <summary>
/// The result of a walk over an IPv6 packet's extension headers (RFC 8200 §4). Hop-by-Hop, Routing, Destination Options, Authentication
/// and Fragment headers are passed; anything else ends the walk, including ESP and No Next Header. All offsets count from the packet's
/// first byte. The walk is bounded: it stops after <see cref="MaxHeaders"/> headers.
/// </summary>
public readonly record struct Ipv6Chain
{
    /// <summary>The largest number of extension headers that are passed: several times the most that RFC 8200 §4.1 recommends.</summary>
    public const int MaxHeaders = 16;

    private const int Unit = 8;
    private const int AuthenticationUnit = 4;
    private const int OffsetMask = 0xFFF8;
    private const int MoreFragmentsBit = 1;

    private static class Field
    {
        public const int NextHeader = 0;
        public const int Length = 1;
        public const int RoutingType = 2;
        public const int SegmentsLeft = 3;
        public const int RoutingAddresses = 8;
        public const int FragmentOffset = 2;
        public const int FragmentIdentification = 4;
        public const int FragmentEnd = FragmentIdentification + 4;
    }

    private enum RoutingKind : byte
    {
        Source = 0,
        Home = 2,
        Segment = 4,
    }

    /// <summary>The protocol at <see cref="Offset"/>: an upper layer's, or that of the header that could not be passed.</summary>
    public IpProtocol Protocol { get; private init; }

    /// <summary>The offset of the upper layer, or of the fragment's data; at most the packet's length.</summary>
    public int Offset { get; private init; }

    /// <summary>Whether the walk reached its end: no header was cut and the chain was not too long.</summary>
    public bool IsComplete { get; private init; }

    /// <summary>
    /// The extension headers that the walk passed: bit N for the header with number N. All have numbers under 64.
    /// </summary>
    public ulong Passed { get; private init; }

    /// <summary>The offset of the Fragment header; 0 without one.</summary>
    public int FragmentHeaderOffset { get; private init; }

    /// <summary>The fragment's position in its datagram in bytes.</summary>
    public int FragmentOffset { get; private init; }

    /// <summary>The M flag of the Fragment header.</summary>
    public bool MoreFragments { get; private init; }

    /// <summary>The Fragment header's Identification.</summary>
    public uint FragmentIdentification { get; private init; }

    /// <summary>
    /// Whether this is a piece of a datagram. An atomic fragment (RFC 6946: offset 0, no more fragments) is a complete one.
    /// </summary>
    public bool IsFragment => FragmentOffset != 0 || MoreFragments;

    /// <summary>
    /// The offset of the address in the upper layer's pseudo-header (RFC 8200 §8.1): the destination, or the last address of a Routing
    /// header that is not used up; 0 when a Routing header of an unknown type hides it.
    /// </summary>
    public int FinalDestinationOffset { get; private init; }

    /// <summary>Walks a packet's extension headers.</summary>
    public static Ipv6Chain Walk(Ipv6View view)
    {
        var packet = view.Packet;
        var chain = new Ipv6Chain
        {
            Protocol = view.NextHeader,
            Offset = Ipv6View.HeaderLength,
            FinalDestinationOffset = Ipv6View.HeaderLength - Ipv6View.AddressLength,
        };
        for (var headers = 0; headers < MaxHeaders; headers++)
        {
            if (!IsExtension(chain.Protocol))
            {
                return chain with { IsComplete = true };
            }

            var rest = packet[chain.Offset..];
            var length = LengthOf(chain.Protocol, rest);
            if (length > rest.Length)
            {
                return chain;
            }

            chain = Pass(chain, rest, length);
            if (chain.FragmentOffset != 0)
            {
                return chain with { IsComplete = true };
            }
        }

        return chain with { IsComplete = !IsExtension(chain.Protocol) };
    }

    /// <summary>Whether the walk passes headers of a protocol.</summary>
    public static bool IsExtension(IpProtocol protocol) => protocol is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.Fragment
        or IpProtocol.AuthenticationHeader or IpProtocol.DestinationOptions;

    private static int LengthOf(IpProtocol protocol, ReadOnlySpan<byte> header) => header.Length < Unit
        ? int.MaxValue
        : protocol switch
        {
            IpProtocol.Fragment => Field.FragmentEnd,
            IpProtocol.AuthenticationHeader => (header[Field.Length] + 2) * AuthenticationUnit,
            _ => (header[Field.Length] + 1) * Unit,
        };

    private static Ipv6Chain Pass(in Ipv6Chain chain, ReadOnlySpan<byte> header, int length)
    {
        var passed = chain with
        {
            Protocol = (IpProtocol)header[Field.NextHeader],
            Offset = chain.Offset + length,
            Passed = chain.Passed | (1ul << (int)chain.Protocol),
        };
        switch (chain.Protocol)
        {
            case IpProtocol.Fragment:
                var word = BinaryPrimitives.ReadUInt16BigEndian(header[Field.FragmentOffset..]);
                return passed with
                {
                    FragmentHeaderOffset = chain.Offset,
                    FragmentOffset = word & OffsetMask,
                    MoreFragments = (word & MoreFragmentsBit) != 0,
                    FragmentIdentification = BinaryPrimitives.ReadUInt32BigEndian(header[Field.FragmentIdentification..]),
                };
            case IpProtocol.Routing when header[Field.SegmentsLeft] != 0:
                return passed with { FinalDestinationOffset = FinalAddress(header[..length], chain.Offset) };
            default:
                return passed;
        }
    }

    private static int FinalAddress(ReadOnlySpan<byte> header, int offset)
    {
        if (header.Length < Field.RoutingAddresses + Ipv6View.AddressLength)
        {
            return 0;
        }

        return (RoutingKind)header[Field.RoutingType] switch
        {
            RoutingKind.Source or RoutingKind.Home => offset + LastAddress(header.Length),
            // RFC 8754 §2: the segment list is encoded from the last segment of the path on.
            RoutingKind.Segment => offset + Field.RoutingAddresses,
            _ => 0,
        };
    }

    private static int LastAddress(int headerLength) =>
        headerLength - Ipv6View.AddressLength - ((headerLength - Field.RoutingAddresses) % Ipv6View.AddressLength);
}
