using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Culvert.Endpoints.Flows;
using Culvert.Wire;

namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>What a mapping is found by: a host of this side, its port, and the port's protocol. The destination is no part (RFC 4787 REQ-1).</summary>
internal readonly struct MappingKey : ISharedKey
{
    private const int SpaceShift = 16;
    private const ulong IsIpv6 = 1UL << 24;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ulong _rest;

    /// <summary>Creates a key.</summary>
    /// <param name="address">The host, 4 or 16 bytes.</param>
    /// <param name="space">The protocol.</param>
    /// <param name="port">The host's port.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MappingKey(ReadOnlySpan<byte> address, PortSpace space, ushort port)
    {
        _rest = port | ((ulong)space << SpaceShift);
        if (address.Length == Ipv4View.AddressLength)
        {
            _low = BinaryPrimitives.ReadUInt32BigEndian(address);
        }
        else
        {
            _high = BinaryPrimitives.ReadUInt64BigEndian(address);
            _low = BinaryPrimitives.ReadUInt64BigEndian(address[sizeof(ulong)..]);
            _rest |= IsIpv6;
        }
    }

    /// <summary>The host's port.</summary>
    public ushort Port => (ushort)_rest;

    /// <summary>The port's protocol.</summary>
    public PortSpace Space => (PortSpace)(byte)(_rest >> SpaceShift);

    /// <summary>Writes the host's address.</summary>
    /// <param name="buffer">At least 16 bytes.</param>
    /// <returns>The 4 or 16 bytes written.</returns>
    public ReadOnlySpan<byte> WriteAddress(Span<byte> buffer)
    {
        if ((_rest & IsIpv6) == 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(buffer, (uint)_low);
            return buffer[..Ipv4View.AddressLength];
        }

        BinaryPrimitives.WriteUInt64BigEndian(buffer, _high);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[sizeof(ulong)..], _low);
        return buffer[..Ipv6View.AddressLength];
    }

    /// <summary>Returns the key of the host's packets, with an unspecified destination; an echo has its identifier as both ports.</summary>
    public FlowKey ToFlow()
    {
        Span<byte> buffer = stackalloc byte[Ipv6View.AddressLength];
        var source = IpAddressValue.Read(WriteAddress(buffer));
        var protocol = Space switch
        {
            PortSpace.Tcp => IpProtocol.Tcp,
            PortSpace.Udp => IpProtocol.Udp,
            _ => source.IsIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6,
        };
        buffer.Clear();
        var any = IpAddressValue.Read(buffer[..(source.IsIpv4 ? Ipv4View.AddressLength : Ipv6View.AddressLength)]);
        return new FlowKey(protocol, source, any, Port, Space == PortSpace.Echo ? Port : (ushort)0);
    }

    /// <summary>Whether two keys are equal.</summary>
    public bool Is(in MappingKey other) => ((_high ^ other._high) | (_low ^ other._low) | (_rest ^ other._rest)) == 0;

    /// <summary>Whether two keys are of one host.</summary>
    public bool IsOfHost(in MappingKey other) => ((_high ^ other._high) | (_low ^ other._low)) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ReadOnlySpan<ulong> secrets)
    {
        secrets = secrets[..ISharedKey.Secrets];
        return ISharedKey.Mix(ISharedKey.Mix(_high ^ secrets[0], _low ^ secrets[1]) ^ secrets[2], _rest ^ secrets[3]);
    }
}
