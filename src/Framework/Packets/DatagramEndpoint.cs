using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Packets;

/// <summary>
/// The two ends of a datagram, as a value that every packet can carry without an allocation: the remote IP address and UDP port, and,
/// where it is known, the local address and interface that the datagram arrived at or is to leave from (IP_PKTINFO, RFC 3542 section 6).
/// The default value means "none". An IPv4-mapped IPv6 address is stored as IPv4, so that one peer has one spelling. Two values are equal
/// when all parts are; compare <see cref="Remote"/> to ask for the same peer.
/// </summary>
public readonly record struct DatagramEndpoint
{
    private readonly Address _remote;
    private readonly Address _local;
    private readonly uint _scope;
    private readonly uint _interface;
    private readonly ushort _port;
    private readonly byte _version;
    private readonly bool _requiresLocal;

    private DatagramEndpoint(
        Address remote, uint scope, ushort port, byte version, Address local = default, uint interfaceIndex = 0, bool requiresLocal = false) =>
        (_remote, _scope, _port, _version, _local, _interface, _requiresLocal) = (remote, scope, port, version, local, interfaceIndex, requiresLocal);

    /// <summary>Whether no endpoint is known: the default value.</summary>
    public bool IsNone => _version == 0;

    /// <summary>Whether the addresses are IPv4 addresses.</summary>
    public bool IsIpv4 => _version == 4;

    /// <summary>Whether the addresses are IPv6 addresses.</summary>
    public bool IsIpv6 => _version == 6;

    /// <summary>The remote UDP port, 0 to 65535.</summary>
    public int Port => _port;

    /// <summary>The IPv6 scope (interface index) of a link-local remote address, else 0.</summary>
    public uint ScopeId => _scope;

    /// <summary>The remote IPv4 address as a number in host byte order; 0 for other endpoints.</summary>
    public uint Ipv4Address => IsIpv4 ? (uint)_remote.Low : 0;

    /// <summary>Whether the local address is known.</summary>
    public bool HasLocalAddress => _local != default;

    /// <summary>The index of the local interface, else 0.</summary>
    public uint InterfaceIndex => _interface;

    /// <summary>
    /// Whether a datagram must leave from the local part or not at all; otherwise it leaves from another address where that is gone.
    /// </summary>
    public bool RequiresLocal => _requiresLocal;

    /// <summary>The same remote address and port, without the local part.</summary>
    public DatagramEndpoint Remote => new(_remote, _scope, _port, _version);

    /// <summary>Creates an endpoint from a remote address in network byte order.</summary>
    /// <param name="address">4 bytes (IPv4) or 16 bytes (IPv6).</param>
    /// <param name="port">0 to 65535.</param>
    /// <param name="scopeId">The interface index of a link-local IPv6 address, else 0.</param>
    /// <exception cref="ArgumentException">The address has neither 4 nor 16 bytes.</exception>
    public static DatagramEndpoint FromBytes(ReadOnlySpan<byte> address, int port, uint scopeId = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)port, ushort.MaxValue);
        var remote = Address.Read(address, out var version);
        return new(remote, version == 4 ? 0 : scopeId, (ushort)port, version);
    }

    /// <summary>Creates an endpoint from the base library's form.</summary>
    /// <param name="endpoint">The remote address and port.</param>
    public static DatagramEndpoint From(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Span<byte> bytes = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(bytes, out var written);
        var scope = endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? (uint)endpoint.Address.ScopeId : 0;
        return FromBytes(bytes[..written], endpoint.Port, scope);
    }

    /// <summary>Returns the same remote endpoint with a local part.</summary>
    /// <param name="address">4 or 16 bytes in network byte order, of the remote address's family; none when the address is unknown.</param>
    /// <param name="interfaceIndex">The index of the interface, 0 when unknown.</param>
    /// <param name="isRequired">The value of <see cref="RequiresLocal"/>.</param>
    /// <exception cref="ArgumentException">The address is of another family than the remote one.</exception>
    public DatagramEndpoint WithLocal(ReadOnlySpan<byte> address, uint interfaceIndex, bool isRequired = false)
    {
        var version = _version;
        var local = address.IsEmpty ? default : Address.Read(address, out version);
        return version == _version
            ? new(_remote, _scope, _port, _version, local, interfaceIndex, isRequired)
            : throw new ArgumentException("The local address must be of the remote address's family.", nameof(address));
    }

    /// <summary>Writes the remote address in network byte order.</summary>
    /// <param name="destination">At least 4 bytes for IPv4, 16 for IPv6.</param>
    /// <returns>4, 16, or 0 when there is no endpoint.</returns>
    public int WriteAddress(Span<byte> destination) => _remote.Write(destination, _version);

    /// <summary>Writes the local address in network byte order.</summary>
    /// <param name="destination">At least 4 bytes for IPv4, 16 for IPv6.</param>
    /// <returns>4, 16, or 0 when the local address is unknown.</returns>
    public int WriteLocalAddress(Span<byte> destination) => _local.Write(destination, HasLocalAddress ? _version : (byte)0);

    /// <summary>The base library's form of the remote part; null when there is no endpoint. Allocates.</summary>
    public IPEndPoint? ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = WriteAddress(bytes);
        return length == 0 ? null : new IPEndPoint(
            _scope == 0 ? new IPAddress(bytes[..length]) : new IPAddress(bytes[..length], _scope), _port);
    }

    /// <summary>The remote part, <c>192.0.2.1:51820</c> or <c>[2001:db8::1]:51820</c>; <c>(none)</c> for the default value.</summary>
    public override string ToString() => ToIPEndPoint()?.ToString() ?? "(none)";

    /// <summary>Whether all parts are the same. Without a branch: every packet asks.</summary>
    public bool Equals(DatagramEndpoint other) =>
        ((_remote.High ^ other._remote.High) | (_remote.Low ^ other._remote.Low)
            | (_local.High ^ other._local.High) | (_local.Low ^ other._local.Low)
            | (uint)((_port ^ other._port) | (_version ^ other._version)) | (_scope ^ other._scope) | (_interface ^ other._interface)) == 0
        && _requiresLocal == other._requiresLocal;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_remote, _local, _scope, _interface, _port, _requiresLocal);

    /// <summary>An address of either family; an IPv4 address is in the lower 32 bits.</summary>
    private readonly record struct Address(ulong High, ulong Low)
    {
        public static Address Read(ReadOnlySpan<byte> bytes, out byte version)
        {
            version = 4;
            if (bytes.Length == 4)
            {
                return new(0, BinaryPrimitives.ReadUInt32BigEndian(bytes));
            }

            if (bytes.Length != 16)
            {
                throw new ArgumentException("An address has 4 or 16 bytes.", nameof(bytes));
            }

            var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
            var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
            if (high == 0 && low >> 32 == 0xFFFF)
            {
                return new(0, (uint)low);
            }

            version = 6;
            return new(high, low);
        }

        public int Write(Span<byte> destination, byte version)
        {
            switch (version)
            {
                case 4:
                    BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Low);
                    return 4;
                case 6:
                    BinaryPrimitives.WriteUInt64BigEndian(destination, High);
                    BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
                    return 16;
                default:
                    return 0;
            }
        }
    }
}
