using Culvert.Endpoints.Flows;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>
/// The identity of a flow, the same for both directions: the address and port of the inside (the host's side) and those of the outside (the
/// network's side), where a <see cref="FlowKey"/> is one packet's. 40 bytes, compared and hashed by words. The last word has ports or identification, protocol, family and kind.
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

    private FlowIdentity(IpAddressValue source, IpAddressValue destination, bool isOutbound, ulong rest)
    {
        var (inside, outside) = isOutbound ? (source.Bits, destination.Bits) : (destination.Bits, source.Bits);
        (_insideHigh, _insideLow) = ((ulong)(inside >> 64), (ulong)inside);
        (_outsideHigh, _outsideLow) = ((ulong)(outside >> 64), (ulong)outside);
        _rest = source.IsIpv4 ? rest : rest | IsIpv6;
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

    /// <summary>The identity of a flow between two ports; 0 for a protocol without ports.</summary>
    /// <param name="key">The packet's protocol, addresses and ports.</param>
    /// <param name="direction">The packet's direction.</param>
    public static FlowIdentity OfPorts(in FlowKey key, Direction direction)
    {
        var isOutbound = direction == Direction.Outbound;
        var ports = isOutbound
            ? ((uint)key.SourcePort << 16) | key.DestinationPort : ((uint)key.DestinationPort << 16) | key.SourcePort;
        return new(key.Source, key.Destination, isOutbound, ports | ((ulong)key.Protocol << ProtocolShift));
    }

    /// <summary>The identity of echo requests and their replies.</summary>
    /// <param name="key">The packet's addresses, and its identifier as both ports.</param>
    /// <param name="direction">The packet's direction.</param>
    /// <param name="isRequest">Whether the packet is a request.</param>
    public static FlowIdentity OfEcho(in FlowKey key, Direction direction, bool isRequest)
    {
        var isOutbound = direction == Direction.Outbound;
        var kind = isOutbound == isRequest ? Kind.EchoFromInside : Kind.EchoFromOutside;
        return new(
            key.Source, key.Destination, isOutbound, key.SourcePort | ((ulong)IpProtocol.Icmp << ProtocolShift) | ((ulong)kind << KindShift));
    }

    /// <summary>The identity of the fragments of one datagram.</summary>
    public static FlowIdentity OfFragments(in IpView ip, Direction direction)
    {
        var isOutbound = direction == Direction.Outbound;
        var kind = isOutbound ? Kind.FragmentsFromInside : Kind.FragmentsFromOutside;
        return new(ip.SourceAddress, ip.DestinationAddress, isOutbound, ip.FragmentIdentification | ((ulong)kind << KindShift));
    }

    /// <inheritdoc/>
    public ulong Hash(ReadOnlySpan<ulong> secrets)
    {
        var inside = ISharedKey.Mix(_insideHigh ^ secrets[0], _insideLow ^ secrets[1]);
        var outside = ISharedKey.Mix(_outsideHigh ^ secrets[2], _outsideLow ^ secrets[3]);
        return ISharedKey.Mix(inside ^ ulong.RotateLeft(outside, 32), _rest ^ secrets[4]);
    }

    /// <inheritdoc/>
    public bool Equals(FlowIdentity other) =>
        ((_insideHigh ^ other._insideHigh) | (_insideLow ^ other._insideLow) | (_outsideHigh ^ other._outsideHigh)
            | (_outsideLow ^ other._outsideLow) | (_rest ^ other._rest)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FlowIdentity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_insideHigh, _insideLow, _outsideHigh, _outsideLow, _rest);
}
