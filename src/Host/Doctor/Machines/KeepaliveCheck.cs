using System.Net;
using System.Net.Sockets;
using Culvert.Wire;

namespace Culvert.Host.Doctor.Machines;

/// <summary>An end behind NAT that lets its mapping expire: the other end can then not reach it.</summary>
internal sealed class KeepaliveCheck() : MachineCheck("keepalive")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        foreach (var peer in file.Peers.Where(peer => !peer.HasKeepalive && peer.Endpoints.Count > 0).Take(MaxPeers))
        {
            if (peer.Endpoints[0].Value.Address?.Address is { AddressFamily: AddressFamily.InterNetwork } endpoint && !IsPrivate(endpoint)
                && Machine.RouteTo(endpoint.ToString(), file.Mark)?.Source is { } source && AddressText.TryParseAddress(source, out var own) && IsPrivate(own))
            {
                yield return new Finding(
                    $"peer {peer.Name} has no keepalive, and this machine calls it from the private address {own}, through NAT: once NAT forgets the mapping, the peer cannot reach this end",
                    "add 'keepalive: 25s' to the peer").At(peer.Position);
            }
        }
    }

    // RFC 1918, RFC 6598.
    private static bool IsPrivate(IPAddress address) => Private.Any(network => network.Contains(address));

    private static readonly IPNetwork[] Private =
        [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10")];
}
