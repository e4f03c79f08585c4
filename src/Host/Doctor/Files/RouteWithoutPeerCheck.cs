using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>A route leads packets into the tunnel that no peer accepts.</summary>
internal sealed class RouteWithoutPeerCheck() : FileCheck("route-without-peer", DiagnosticCodes.RouteWithoutPeer)
{
    protected override IEnumerable<Finding> Find(SiteFile file) => file.KnowsPeers && file.Peers.Count > 0
        ? file.Routes.Where(route => !file.Peers.Any(peer => peer.AllowedIps.Any(prefix => Overlap(prefix.Value, route.Value)))).Select(route => new Finding(
            $"{route.Value} is routed into the tunnel, but no peer has it in allowed-ips: its packets are dropped as no-peer",
            "add it to the allowed-ips of the peer that has the network, or remove the route").At(route.Position))
        : [];
}
