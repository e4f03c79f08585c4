using System.Buffers.Binary;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>
/// The fields of <c>sockaddr_in</c> and <c>sockaddr_in6</c> behind the family, which lie at the same offsets on Linux, Windows and the
/// BSDs (RFC 3493 section 3.3): port and address in network order, the scope in the machine's. The family itself is the caller's.
/// </summary>
internal static class SocketAddressBytes
{
    /// <summary>The length of a <c>sockaddr_in</c>.</summary>
    public const int Ipv4Length = 16;

    /// <summary>The length of a <c>sockaddr_in6</c>.</summary>
    public const int Ipv6Length = Field.ScopeEnd;

    private static class Field
    {
        public const int Port = 2;
        public const int Ipv4Address = 4;
        public const int Ipv4AddressEnd = 8;
        public const int FlowInfo = 4;
        public const int Ipv6Address = 8;
        public const int Ipv6AddressEnd = 24;
        public const int Scope = 24;
        public const int ScopeEnd = 28;
    }

    /// <summary>The first 12 bytes of an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2).</summary>
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>Whether a socket of that family can send there: an IPv6 socket is dual-stack and reaches both.</summary>
    public static bool Reaches(bool ipv6Socket, in DatagramEndpoint endpoint) => ipv6Socket ? !endpoint.IsNone : endpoint.IsIpv4;

    /// <summary>Writes port and address.</summary>
    /// <param name="destination">At least <see cref="Ipv6Length"/> bytes for an IPv6 socket, <see cref="Ipv4Length"/> for IPv4.</param>
    /// <param name="ipv6Socket">True writes a <c>sockaddr_in6</c>; an IPv4 endpoint becomes a mapped address.</param>
    /// <param name="endpoint">One that <see cref="Reaches"/>.</param>
    /// <returns>The address's length in bytes.</returns>
    public static int Write(Span<byte> destination, bool ipv6Socket, in DatagramEndpoint endpoint)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[Field.Port..], (ushort)endpoint.Port);
        if (!ipv6Socket)
        {
            endpoint.WriteAddress(destination[Field.Ipv4Address..]);
            destination[Field.Ipv4AddressEnd..Ipv4Length].Clear();
            return Ipv4Length;
        }

        destination[Field.FlowInfo..Field.Ipv6Address].Clear();
        var address = destination[Field.Ipv6Address..Field.Ipv6AddressEnd];
        if (endpoint.IsIpv4)
        {
            MappedPrefix.CopyTo(address);
            address = address[MappedPrefix.Length..];
        }

        endpoint.WriteAddress(address);
        BitConverter.TryWriteBytes(destination[Field.Scope..], endpoint.ScopeId);
        return Ipv6Length;
    }

    /// <summary>Reads port and address; a mapped address becomes IPv4.</summary>
    public static DatagramEndpoint Read(ReadOnlySpan<byte> source, bool ipv6)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[Field.Port..]);
        return ipv6
            ? DatagramEndpoint.FromBytes(
                source[Field.Ipv6Address..Field.Ipv6AddressEnd], port, BitConverter.ToUInt32(source[Field.Scope..]))
            : DatagramEndpoint.FromBytes(source[Field.Ipv4Address..Field.Ipv4AddressEnd], port);
    }
}
