using Culvert.Endpoints;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>A route leads the tunnel's own datagrams into the tunnel.</summary>
internal sealed class EndpointInRoutesCheck() : FileCheck("endpoint-in-routes", DiagnosticCodes.EndpointInRoutes)
{
    protected override IEnumerable<Finding> Find(SiteFile file)
    {
        if (!file.HasDevice || file.Table is not (null or RouteTable.Main))
        {
            yield break;
        }

        foreach (var (endpoint, position) in file.Peers.SelectMany(peer => peer.Endpoints))
        {
            // Of a default route the device itself warns, and knows whether a table of its own keeps it apart.
            if (endpoint.Address is { } address
                && file.Routed.Where(route => route.PrefixLength > 0 && route.Contains(address.Address)).OrderBy(route => route.PrefixLength).LastOrDefault()
                    is { PrefixLength: > 0 } route)
            {
                yield return new Finding(
                    $"the route {route} leads the datagrams to {endpoint} into the tunnel itself, unless a longer route leads them elsewhere",
                    "leave the endpoint's address out of 'routes'; for all traffic write 'routes: [0.0.0.0/0]' with 'fwmark: 51820' at udp").At(position);
            }
        }
    }
}
