using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Host.Doctor.Machines;

/// <summary>Endpoints that the kernel reaches through the tunnel itself, or not at all.</summary>
internal sealed class EndpointRouteCheck() : MachineCheck("endpoint-route")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        if (Machine.Run("ip", "-V") is null)
        {
            throw new NotCheckedException("'ip' of iproute2 is not installed");
        }

        foreach (var (endpoint, position) in Endpoints(site, file).DistinctBy(one => one.Address).Take(MaxPeers))
        {
            var route = Machine.RouteTo(endpoint, file.Mark);
            if (route is null)
            {
                yield return new Finding($"no route leads to the endpoint {endpoint}", "bring up the network that leads to it, or correct 'endpoint'").At(position);
            }
            else if (file.HasDevice && route.Value.Device == file.Device)
            {
                yield return new Finding(
                    $"the endpoint {endpoint} is reached through {file.Device}, the tunnel itself: no datagram leaves this machine",
                    $"leave {endpoint} out of 'routes'; for all traffic write 'routes: [0.0.0.0/0]' with 'fwmark: 51820' at udp").At(position);
            }
        }
    }

    private static IEnumerable<(string Address, SourcePosition? Position)> Endpoints(Site site, SiteFile file) =>
        file.Peers.SelectMany(peer => peer.Endpoints).Where(endpoint => endpoint.Value.Address is not null)
            .Select(endpoint => (endpoint.Value.Address!.Address.ToString(), (SourcePosition?)endpoint.Position))
            .Concat(site.Stages.SelectMany(site.PeersOf).Select(Current).OfType<string>().Select(address => (address, (SourcePosition?)null)));

    private static string? Current(JsonObject peer) =>
        HostEndpoint.TryParse((string?)peer["endpoint"], out var endpoint) ? endpoint.Address?.Address.ToString() : null;
}
