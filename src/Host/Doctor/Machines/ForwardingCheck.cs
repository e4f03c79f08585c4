using System.Net.Sockets;

namespace Culvert.Host.Doctor.Machines;

/// <summary>A gateway that does not forward.</summary>
internal sealed class ForwardingCheck() : MachineCheck("forwarding")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        // One network beside the tunnel leads to the other end; a second one has hosts behind this machine.
        if (!file.HasDevice || Machine.OtherDevices(file.Device) is not { Count: > 1 } others)
        {
            yield break;
        }

        foreach (var (family, setting, word) in new[]
        {
            (AddressFamily.InterNetwork, "ipv4/ip_forward", "net.ipv4.ip_forward"),
            (AddressFamily.InterNetworkV6, "ipv6/conf/all/forwarding", "net.ipv6.conf.all.forwarding"),
        })
        {
            var carries = file.Peers.SelectMany(peer => peer.AllowedIps).Any(prefix => prefix.Value.BaseAddress.AddressFamily == family);
            if (carries && Machine.Setting(setting) == 0)
            {
                yield return new Finding(
                    $"{word} is 0: hosts behind this machine ({string.Join(", ", others)}) cannot use the tunnel",
                    $"run 'sysctl -w {word}=1', and write it to /etc/sysctl.d/ to keep it");
            }
        }
    }
}
