using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Culvert.Endpoints.Flows;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>
/// The identity of a flow, the same for both directions: the address and port of the inside (the host's side) and those of the outside (the
/// network's side). Built from the packet's bytes: by way of a <see cref="FlowKey"/>, with its 72 bytes, a packet took 30 ns more. The last word has ports or identification, protocol, family and kind.
/// </summary>
internal readonly struct FlowIdentity : IEquatable<FlowIdentity>, ISharedKey
{
    private const int ProtocolShift = 32;
    private const ulong IsIpv6 = 1UL << 40;
    private const int KindShift = 41;

    private readonly ulong _insideHigh;
    private readonly ulong _insideLow;
    private readonly ulong _outsideHigh;
    private readonly ulong _outsideLow;
    private readonly ulong _rest;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FlowIdentity(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, bool isOutbound, ulong rest)
    {
        var inside = isOutbound ? source : destination;
        var outside = isOutbound ? destination : source;
        if (inside.Length == Ipv4View.AddressLength)
        {
            _insideLow = BinaryPrimitives.ReadUInt32BigEndian(inside);
            _outsideLow = BinaryPrimitives.ReadUInt32BigEndian(outside);
        }
        else
        {
            _insideHigh = BinaryPrimitives.ReadUInt64BigEndian(inside);
            _insideLow = BinaryPrimitives.ReadUInt64BigEndian(inside[sizeof(ulong)..]);
            _outsideHigh = BinaryPrimitives.ReadUInt64BigEndian(outside);
            _outsideLow = BinaryPrimitives.ReadUInt64BigEndian(outside[sizeof(ulong)..]);
            rest |= IsIpv6;
        }

        _rest = rest;
    }

    // The originator is part of an echo's identity: the same identifier may be in use in both directions.
    private enum Kind : ulong
    {
        Ports,
        EchoFromInside,
        EchoFromOutside,
        FragmentsFromInside,
        FragmentsFromOutside,
    }

    /// <summary>The flow's protocol.</summary>
    public IpProtocol Protocol => (IpProtocol)(byte)(_rest >> ProtocolShift);

    /// <summary>Whether the key stands for the fragments of one datagram.</summary>
    public bool IsFragments => (Kind)(_rest >> KindShift) is Kind.FragmentsFromInside or Kind.FragmentsFromOutside;

    /// <summary>The key of a flow between two ports; 0 for a protocol without ports.</summary>
    /// <param name="source">The packet's source address, 4 or 16 bytes.</param>
    /// <param name="destination">The packet's destination address, as many bytes.</param>
    /// <param name="direction">The packet's direction.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="sourcePort">The packet's source port.</param>
    /// <param name="destinationPort">The packet's destination port.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowIdentity OfPorts(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, Direction direction, IpProtocol protocol, ushort sourcePort, ushort destinationPort)
    {
        var isOutbound = direction == Direction.Outbound;
        var ports = isOutbound ? ((uint)sourcePort << 16) | destinationPort : ((uint)destinationPort << 16) | sourcePort;
        return new(source, destination, isOutbound, ports | ((ulong)protocol << ProtocolShift));
    }

    /// <summary>The key of echo requests and their replies.</summary>
    /// <param name="source">The packet's source address, 4 or 16 bytes.</param>
    /// <param name="destination">The packet's destination address, as many bytes.</param>
    /// <param name="direction">The packet's direction.</param>
    /// <param name="isRequest">Whether the packet is a request.</param>
    /// <param name="identifier">The identifier.</param>
    public static FlowIdentity OfEcho(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, Direction direction, bool isRequest, ushort identifier)
    {
        var isOutbound = direction == Direction.Outbound;
        var kind = isOutbound == isRequest ? Kind.EchoFromInside : Kind.EchoFromOutside;
        return new(source, destination, isOutbound, identifier | ((ulong)IpProtocol.Icmp << ProtocolShift) | ((ulong)kind << KindShift));
    }

    /// <summary>The key of the fragments of one datagram.</summary>
    public static FlowIdentity OfFragments(in IpView ip, Direction direction)
    {
        var isOutbound = direction == Direction.Outbound;
        var kind = isOutbound ? Kind.FragmentsFromInside : Kind.FragmentsFromOutside;
        return new(ip.Source, ip.Destination, isOutbound, ip.FragmentIdentification | ((ulong)kind << KindShift));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ReadOnlySpan<ulong> secrets)
    {
        secrets = secrets[..ISharedKey.Secrets];
        var inside = ISharedKey.Mix(_insideHigh ^ secrets[0], _insideLow ^ secrets[1]);
        var outside = ISharedKey.Mix(_outsideHigh ^ secrets[2], _outsideLow ^ secrets[3]);
        return ISharedKey.Mix(inside ^ ulong.RotateLeft(outside, 32), _rest ^ secrets[4]);
    }

    /// <summary>Returns the key of the originator's packets; an echo has its identifier as both ports. Not for fragments.</summary>
    /// <param name="origin">The direction of the originator's packets.</param>
    public FlowKey ToKey(Direction origin)
    {
        var (insidePort, outsidePort) = ((ushort)(_rest >> 16), (ushort)_rest);
        if ((Kind)(_rest >> KindShift) != Kind.Ports)
        {
            insidePort = outsidePort;
        }

        var protocol = Protocol == IpProtocol.Icmp && (_rest & IsIpv6) != 0 ? IpProtocol.Icmpv6 : Protocol;
        var key = new FlowKey(protocol, Address(_insideHigh, _insideLow), Address(_outsideHigh, _outsideLow), insidePort, outsidePort);
        return origin == Direction.Outbound ? key : key.Reversed;
    }

    /// <inheritdoc/>
    public bool Equals(FlowIdentity other) =>
        ((_insideHigh ^ other._insideHigh) | (_insideLow ^ other._insideLow) | (_outsideHigh ^ other._outsideHigh)
            | (_outsideLow ^ other._outsideLow) | (_rest ^ other._rest)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FlowIdentity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_insideHigh, _insideLow, _outsideHigh, _outsideLow, _rest);

    private IpAddressValue Address(ulong high, ulong low)
    {
        Span<byte> bytes = stackalloc byte[Ipv6View.AddressLength];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[sizeof(ulong)..], low);
        return IpAddressValue.Read((_rest & IsIpv6) != 0 ? bytes : bytes[^Ipv4View.AddressLength..]);
    }
}
