namespace Culvert.Host.Doctor.Machines;

/// <summary>The file has IPv6 addresses, and the machine has IPv6 switched off.</summary>
internal sealed class Ipv6DisabledCheck() : MachineCheck("ipv6-disabled")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        if (file.Addresses.FirstOrDefault(address => address.Value.IsIpv6) is not { } address)
        {
            yield break;
        }

        var name = Machine.HasDevice(file.Device) ? file.Device : "default";
        if (!Directory.Exists("/proc/sys/net/ipv6"))
        {
            yield return new Finding("the kernel has no IPv6, but the device has an IPv6 address", "boot without 'ipv6.disable=1', or remove the IPv6 addresses").At(address.Position);
        }
        else if (Machine.Setting("ipv6/conf/all/disable_ipv6") == 1 || Machine.Setting($"ipv6/conf/{name}/disable_ipv6") == 1)
        {
            yield return new Finding(
                $"IPv6 is disabled (net.ipv6.conf.{name}.disable_ipv6 is 1), but the device has the IPv6 address {address.Value}",
                $"run 'sysctl -w net.ipv6.conf.{name}.disable_ipv6=0', or remove the IPv6 addresses").At(address.Position);
        }
    }
}
