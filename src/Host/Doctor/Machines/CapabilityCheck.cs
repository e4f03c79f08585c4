namespace Culvert.Host.Doctor.Machines;

/// <summary>The rights to make a device, and to take a port below 1024.</summary>
internal sealed class CapabilityCheck() : MachineCheck("capabilities")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        if (site.Status is not null)
        {
            yield break;
        }

        var capabilities = site.Machine.Capabilities();
        var isPrepared = Machine.Link(file.Device)?["linkinfo"]?["info_data"]?["user"] is not null;
        if (file.HasDevice && !isPrepared && !capabilities.Contains("net-admin"))
        {
            yield return new Finding(
                $"permission denied for the device {file.Device}: missing capability CAP_NET_ADMIN",
                $"run as root or give the process CAP_NET_ADMIN (in a unit: AmbientCapabilities=CAP_NET_ADMIN), or make the device beforehand: ip tuntap add {file.Device} mode tun user NAME");
        }

        var lowest = Machine.Setting("ipv4/ip_unprivileged_port_start");
        if (file.Listen?.Port is > 0 and var port && port < lowest && !capabilities.Contains("net-bind-service"))
        {
            yield return new Finding(
                $"permission denied for port {port}: missing capability CAP_NET_BIND_SERVICE", $"listen at {lowest} or above, or give the process CAP_NET_BIND_SERVICE");
        }
    }
}
