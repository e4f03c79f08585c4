using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>A peer's prefix that nothing leads into the tunnel.</summary>
internal sealed class PeerWithoutRouteCheck() : FileCheck("peer-without-route", DiagnosticCodes.PeerWithoutRoute)
{
    protected override IEnumerable<Finding> Find(SiteFile file)
    {
        // A device without addresses is set up from outside, its routes as well.
        if (!file.HasDevice || file.HasAutoRoutes || file.Addresses.Count == 0)
        {
            yield break;
        }

        // A peer that may send everything need not be sent everything.
        foreach (var (prefix, position) in file.Peers.SelectMany(peer => peer.AllowedIps).Where(prefix => prefix.Value.PrefixLength > 0))
        {
            if (!file.Routed.Any(route => Overlap(route, prefix)))
            {
                yield return new Finding(
                    $"{prefix} is in a peer's allowed-ips, but no route leads it into the tunnel: its packets take the default route",
                    $"add {prefix} to 'routes' of tun, or write 'routes: auto'").At(position);
            }
        }
    }
}
