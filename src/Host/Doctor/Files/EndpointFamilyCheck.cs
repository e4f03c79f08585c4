using System.Net;
using System.Net.Sockets;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>An endpoint of a family that the socket cannot send to. The other way round is an error of <c>encrypt</c> itself.</summary>
internal sealed class EndpointFamilyCheck() : FileCheck("endpoint-family", DiagnosticCodes.EndpointFamily)
{
    protected override IEnumerable<Finding> Find(SiteFile file) =>
        !file.IsTcp && file.Listen is { AddressFamily: AddressFamily.InterNetworkV6 } listen && !listen.Address.Equals(IPAddress.IPv6Any)
            ? file.Peers.SelectMany(peer => peer.Endpoints).Where(endpoint => endpoint.Value.Address?.AddressFamily == AddressFamily.InterNetwork)
                .Select(endpoint => new Finding(
                    $"{endpoint.Value} is an IPv4 address, but udp listens on the IPv6 address {listen.Address} only",
                    $"write listen: \"[::]:{listen.Port}\", which serves both families").At(endpoint.Position))
            : [];
}
