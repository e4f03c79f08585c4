using System.Net;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>An endpoint that is this end itself.</summary>
internal sealed class OwnEndpointCheck() : FileCheck("own-endpoint", DiagnosticCodes.OwnEndpoint)
{
    protected override IEnumerable<Finding> Find(SiteFile file)
    {
        foreach (var (endpoint, position) in file.Peers.SelectMany(peer => peer.Endpoints))
        {
            if (endpoint.Address is { } address && IsOwn(file, address))
            {
                yield return new Finding($"{endpoint} is where this end itself listens", "write the other end's address and port").At(position);
            }
        }
    }

    private static bool IsOwn(SiteFile file, IPEndPoint endpoint) =>
        file.Addresses.Any(own => own.Value.Address.Equals(endpoint.Address))
        || (file.Listen is { } listen && listen.Port == endpoint.Port && (listen.Address.Equals(endpoint.Address)
            || (IPAddress.IsLoopback(endpoint.Address) && (listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any)))));
}
