using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Culvert.Endpoints.Flows;
using Culvert.Wire;

namespace Culvert.Plugins.Dscp.Copying;

/// <summary>A flow by the addresses, ports and protocol of its packets in one direction. An echo has its identifier as both ports.</summary>
internal readonly struct MarkKey : ISharedKey
{
    private readonly ulong _sourceHigh;
    private readonly ulong _sourceLow;
    private readonly ulong _destinationHigh;
    private readonly ulong _destinationLow;
    private readonly ulong _rest;

    /// <summary>Reads the key of a packet, not of a later fragment.</summary>
    /// <param name="ip">The packet.</param>
    /// <param name="isReversed">Whether the key is that of packets in the other direction.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MarkKey(in IpView ip, bool isReversed)
    {
        var source = isReversed ? ip.Destination : ip.Source;
        var destination = isReversed ? ip.Source : ip.Destination;
        if (ip.IsIpv4)
        {
            _sourceLow = BinaryPrimitives.ReadUInt32BigEndian(source);
            _destinationLow = BinaryPrimitives.ReadUInt32BigEndian(destination);
        }
        else
        {
            _sourceHigh = BinaryPrimitives.ReadUInt64BigEndian(source);
            _sourceLow = BinaryPrimitives.ReadUInt64BigEndian(source[sizeof(ulong)..]);
            _destinationHigh = BinaryPrimitives.ReadUInt64BigEndian(destination);
            _destinationLow = BinaryPrimitives.ReadUInt64BigEndian(destination[sizeof(ulong)..]);
        }

        var ports = ip.HasPorts ? BinaryPrimitives.ReadUInt32BigEndian(ip.Transport) : ip.EchoIdentifier * 0x1_0001u;
        _rest = (isReversed ? uint.RotateLeft(ports, 16) : ports) | ((ulong)ip.Protocol << 32);
    }

    /// <summary>Whether two keys are equal.</summary>
    public bool Is(in MarkKey other) =>
        ((_sourceHigh ^ other._sourceHigh) | (_sourceLow ^ other._sourceLow) | (_destinationHigh ^ other._destinationHigh)
            | (_destinationLow ^ other._destinationLow) | (_rest ^ other._rest)) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ReadOnlySpan<ulong> secrets)
    {
        secrets = secrets[..ISharedKey.Secrets];
        var source = ISharedKey.Mix(_sourceHigh ^ secrets[0], _sourceLow ^ secrets[1]);
        var destination = ISharedKey.Mix(_destinationHigh ^ secrets[2], _destinationLow ^ secrets[3]);
        return ISharedKey.Mix(source ^ ulong.RotateLeft(destination, 32), _rest ^ secrets[4]);
    }
}
