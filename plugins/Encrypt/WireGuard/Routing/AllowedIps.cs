using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Plugins.Encrypt.WireGuard.Routing;

/// <summary>
/// Cryptokey routing (WireGuard paper, section 2): which peer an inner address belongs to, by the longest prefix. An immutable snapshot
/// that is swapped whole; any thread may look up.
/// </summary>
/// <typeparam name="T">The peer.</typeparam>
internal sealed class AllowedIps<T>
    where T : class
{
    private readonly PrefixTable<uint, T> _ipv4;
    private readonly PrefixTable<UInt128, T> _ipv6;

    /// <summary>Builds a snapshot. A prefix given twice leads to the later peer.</summary>
    public AllowedIps(IReadOnlyCollection<(IPNetwork Prefix, T Peer)> prefixes)
    {
        _ipv4 = new(prefixes.Where(entry => IsIpv4(entry.Prefix))
            .Select(entry => (ToIpv4(entry.Prefix.BaseAddress), entry.Prefix.PrefixLength, entry.Peer)));
        _ipv6 = new(prefixes.Where(entry => !IsIpv4(entry.Prefix))
            .Select(entry => (ToIpv6(entry.Prefix.BaseAddress), entry.Prefix.PrefixLength, entry.Peer)));
    }

    /// <summary>The peer of an IPv4 address in host byte order, or null.</summary>
    public T? Lookup(uint address) => _ipv4.Lookup(address);

    /// <summary>The peer of an IPv6 address in host byte order, or null.</summary>
    public T? Lookup(UInt128 address) => _ipv6.Lookup(address);

    private static bool IsIpv4(IPNetwork prefix) => prefix.BaseAddress.AddressFamily == AddressFamily.InterNetwork;

    private static uint ToIpv4(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private static UInt128 ToIpv6(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
