using System.Net;
using Culvert.Endpoints;

namespace Culvert.Host.Doctor.Machines;

/// <summary>Prefixes of peers that the kernel leads elsewhere.</summary>
internal sealed class PrefixRouteCheck() : MachineCheck("prefix-route")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        // A table of the user's own is asked only where the user's rules say so.
        if (!HasDevice(file) || file.Table is not (null or RouteTable.Main))
        {
            yield break;
        }

        foreach (var (prefix, position) in file.Peers.SelectMany(peer => peer.AllowedIps).Where(prefix => prefix.Value.PrefixLength > 1).Take(MaxPeers))
        {
            // A wide prefix around a network of this machine's own is not meant as a route.
            if (Host(prefix) is not { } host || file.Addresses.Any(own => own.Value.Address.Equals(host)) || !file.Routed.Any(route => route.Contains(host)))
            {
                continue;
            }

            if (Machine.RouteTo(host.ToString()) is { } route && route.Device != file.Device && route.Device != "lo")
            {
                yield return new Finding(
                    $"packets to {prefix} leave by {route.Device}, not through {file.Device}",
                    $"remove the other route ('ip route get {host}' shows it), or choose networks that do not overlap").At(position);
            }
        }
    }

    // The first address is the network's own.
    private static IPAddress? Host(IPNetwork prefix)
    {
        var bytes = prefix.BaseAddress.GetAddressBytes();
        if (prefix.PrefixLength < bytes.Length * 8)
        {
            bytes[^1] |= 1;
        }

        return new IPAddress(bytes);
    }
}
