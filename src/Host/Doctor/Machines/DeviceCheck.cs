using System.Text.Json.Nodes;

namespace Culvert.Host.Doctor.Machines;

/// <summary>A device of the name that the tunnel cannot have.</summary>
internal sealed class DeviceCheck() : MachineCheck("device")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        if (site.Status is not null || !file.HasDevice || Machine.Link(file.Device) is not { } link)
        {
            yield break;
        }

        if ((string?)link["linkinfo"]?["info_kind"] != "tun" || (string?)link["linkinfo"]?["info_data"]?["type"] != "tun")
        {
            yield return new Finding($"the device {file.Device} exists and is not a TUN device", "write another name to 'device'");
        }
        else if ((link["flags"] as JsonArray)?.Any(flag => (string?)flag == "LOWER_UP") == true)
        {
            yield return new Finding($"another program uses the device {file.Device}", "stop it, or write another name to 'device'");
        }
    }
}
