using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>The tunnel has a network, and no peer an address in it.</summary>
internal sealed class PeerAddressCheck() : FileCheck("peer-address", DiagnosticCodes.PeerAddressMissing)
{
    protected override IEnumerable<Finding> Find(SiteFile file) => file.KnowsPeers && file.Peers.Count > 0
        ? file.Addresses.Where(own => own.Value.PrefixLength < own.Value.Address.GetAddressBytes().Length * 8
                && !file.Peers.Any(peer => peer.AllowedIps.Any(prefix => Overlap(prefix.Value, own.Value.Network))))
            .Select(own => new Finding(
                $"no peer has an address of {own.Value.Network} in allowed-ips: the other end's own address cannot be reached, not even by ping",
                "add the other end's address to its allowed-ips, for example as a /32, or shorten the device's network to its own address").At(own.Position))
        : [];
}
