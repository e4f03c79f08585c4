using System.Net.Sockets;

namespace Culvert.Host.Doctor.Machines;

/// <summary>The kernel's reverse path filter drops what it would answer by another device.</summary>
internal sealed class ReversePathCheck() : MachineCheck("rp-filter")
{
    private const int Strict = 1;

    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        // The larger one of all and the device's own counts: ip-sysctl.
        if (!HasDevice(file) || Math.Max(Machine.Setting("ipv4/conf/all/rp_filter"), Machine.Setting($"ipv4/conf/{file.Device}/rp_filter")) != Strict)
        {
            yield break;
        }

        foreach (var (prefix, position) in file.Peers.SelectMany(peer => peer.AllowedIps)
            .Where(prefix => prefix.Value.BaseAddress.AddressFamily == AddressFamily.InterNetwork && prefix.Value.PrefixLength > 0).Take(MaxPeers))
        {
            if (Machine.RouteTo(prefix.BaseAddress.ToString()) is { } route && route.Device != file.Device && route.Device != "lo")
            {
                yield return new Finding(
                    $"rp_filter of {file.Device} is 1 (strict): packets from {prefix} are dropped when they come out of the tunnel, because answers would leave by {route.Device}",
                    $"route {prefix} into the tunnel, or run 'sysctl -w net.ipv4.conf.{file.Device}.rp_filter=2' (and all.rp_filter)").At(position);
            }
        }
    }
}
