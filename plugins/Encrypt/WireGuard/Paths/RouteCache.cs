using System.Buffers.Binary;
using Culvert.Algorithms;
using Culvert.Plugins.Encrypt.WireGuard.Peers;

namespace Culvert.Plugins.Encrypt.WireGuard.Paths;

/// <summary>
/// One loop's view of cryptokey routing: remembers the last address of each family, so that a run of one flow's packets searches once.
/// Belongs to one loop.
/// </summary>
internal sealed class RouteCache
{
    private PrefixTable<Peer>? _routes;
    private uint _ipv4;
    private Peer? _ipv4Peer;
    private bool _hasIpv4;
    private UInt128 _ipv6;
    private Peer? _ipv6Peer;
    private bool _hasIpv6;

    /// <summary>Uses the current snapshot: call once a batch.</summary>
    public void Use(PrefixTable<Peer> routes)
    {
        if (!ReferenceEquals(_routes, routes))
        {
            _routes = routes;
            _hasIpv4 = false;
            _hasIpv6 = false;
        }
    }

    /// <summary>The peer of an address, or null.</summary>
    /// <param name="address">4 or 16 bytes.</param>
    public Peer? Find(ReadOnlySpan<byte> address) => address.Length == sizeof(uint)
        ? FindIpv4(BinaryPrimitives.ReadUInt32BigEndian(address))
        : FindIpv6(BinaryPrimitives.ReadUInt128BigEndian(address));

    private Peer? FindIpv4(uint address)
    {
        if (!_hasIpv4 || _ipv4 != address)
        {
            (_ipv4, _ipv4Peer, _hasIpv4) = (address, _routes!.Lookup(address), true);
        }

        return _ipv4Peer;
    }

    private Peer? FindIpv6(UInt128 address)
    {
        if (!_hasIpv6 || _ipv6 != address)
        {
            (_ipv6, _ipv6Peer, _hasIpv6) = (address, _routes!.Lookup(address), true);
        }

        return _ipv6Peer;
    }
}
