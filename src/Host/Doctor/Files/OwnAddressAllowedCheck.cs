using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>A peer has this end's own address.</summary>
internal sealed class OwnAddressAllowedCheck() : FileCheck("own-address-allowed", DiagnosticCodes.OwnAddressAllowed)
{
    protected override IEnumerable<Finding> Find(SiteFile file) =>
        from peer in file.Peers
        from prefix in peer.AllowedIps
        where prefix.Value.PrefixLength == prefix.Value.BaseAddress.GetAddressBytes().Length * 8
            && file.Addresses.Any(own => own.Value.Address.Equals(prefix.Value.BaseAddress))
        select new Finding(
            $"{prefix.Value.BaseAddress} is this end's own address: a ping of it is answered here, and never reaches the peer",
            "write the other end's address, and give each end its own").At(prefix.Position);
}
