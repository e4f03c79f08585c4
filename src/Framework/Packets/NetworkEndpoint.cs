using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Packets;

/// <summary>
/// An IP address and a UDP port as a value of 24 bytes, so that every datagram can carry one without an allocation.
/// The default value means "none". An IPv4-mapped IPv6 address is kept as IPv4, so that one peer has one spelling.
/// </summary>
public readonly record struct NetworkEndpoint
{
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly byte _version;

    private NetworkEndpoint(ulong high, ulong low, uint scope, ushort port, byte version) =>
        (_high, _low, _scope, _port, _version) = (high, low, scope, port, version);

    /// <summary>True for the default value: no endpoint is known.</summary>
    public bool IsNone => _version == 0;

    /// <summary>True when the address is an IPv4 address.</summary>
    public bool IsIpv4 => _version == 4;

    /// <summary>True when the address is an IPv6 address.</summary>
    public bool IsIpv6 => _version == 6;

    /// <summary>The UDP port, 0 to 65535.</summary>
    public int Port => _port;

    /// <summary>The IPv6 scope (interface index) of a link-local address, else 0.</summary>
    public uint ScopeId => _scope;

    /// <summary>The IPv4 address as a number in host byte order; 0 when this is no IPv4 endpoint.</summary>
    public uint Ipv4Address => IsIpv4 ? (uint)_low : 0;

    /// <summary>Makes an endpoint of address bytes in network order.</summary>
    /// <param name="address">4 bytes (IPv4) or 16 bytes (IPv6).</param>
    /// <param name="port">0 to 65535.</param>
    /// <param name="scopeId">The interface index of a link-local IPv6 address, else 0.</param>
    /// <exception cref="ArgumentException">The address has neither 4 nor 16 bytes.</exception>
    public static NetworkEndpoint FromBytes(ReadOnlySpan<byte> address, int port, uint scopeId = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)port, ushort.MaxValue);
        if (address.Length == 4)
        {
            return new(0, BinaryPrimitives.ReadUInt32BigEndian(address), 0, (ushort)port, 4);
        }

        if (address.Length != 16)
        {
            throw new ArgumentException("An address has 4 or 16 bytes.", nameof(address));
        }

        var high = BinaryPrimitives.ReadUInt64BigEndian(address);
        var low = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        var mapped = high == 0 && low >> 32 == 0xFFFF;
        return mapped ? new(0, (uint)low, 0, (ushort)port, 4) : new(high, low, scopeId, (ushort)port, 6);
    }

    /// <summary>Makes an endpoint of the base library's form.</summary>
    public static NetworkEndpoint From(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Span<byte> bytes = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(bytes, out var written);
        var scope = endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? (uint)endpoint.Address.ScopeId : 0;
        return FromBytes(bytes[..written], endpoint.Port, scope);
    }

    /// <summary>Writes the address in network order.</summary>
    /// <param name="destination">At least 4 bytes for IPv4, 16 for IPv6.</param>
    /// <returns>4, 16, or 0 when there is no endpoint.</returns>
    public int WriteAddress(Span<byte> destination)
    {
        switch (_version)
        {
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
                return 4;
            case 6:
                BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
                BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
                return 16;
            default:
                return 0;
        }
    }

    /// <summary>The base library's form; null when there is no endpoint. Allocates.</summary>
    public IPEndPoint? ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = WriteAddress(bytes);
        return length == 0 ? null : new IPEndPoint(
            _scope == 0 ? new IPAddress(bytes[..length]) : new IPAddress(bytes[..length], _scope), _port);
    }

    /// <summary><c>192.0.2.1:51820</c> or <c>[2001:db8::1]:51820</c>; <c>(none)</c> for the default value.</summary>
    public override string ToString() => ToIPEndPoint()?.ToString() ?? "(none)";
}
