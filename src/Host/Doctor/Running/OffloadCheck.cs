using System.Text.Json.Nodes;

namespace Culvert.Host.Doctor.Running;

/// <summary>Offloads that the kernel refused: the tunnel works, but slower.</summary>
internal sealed class OffloadCheck() : Check("offloads")
{
    public override IEnumerable<Finding> Find(Site site)
    {
        foreach (var stage in site.Stages)
        {
            if (stage["details"] is not JsonObject details)
            {
                continue;
            }

            if ((string?)stage["stage"] == "tun" && (details["offload"] as JsonValue)?.ToString() is "none" && site.File?.WantsOffload != false)
            {
                yield return new Finding($"the kernel refused all offloads of {details["device"]}: each packet is exchanged alone", "update the kernel; the log has the kernel's reason");
            }

            if (IsRefused(details["send-offload"]) || IsRefused(details["receive-offload"]))
            {
                yield return new Finding(
                    $"the kernel refused UDP segmentation or aggregation of '{stage["id"]}': datagrams are exchanged one by one",
                    "update the kernel or the network driver; a device without checksum offload refuses them too");
            }
        }
    }

    private static bool IsRefused(JsonNode? node) => node is JsonValue && node.ToString().StartsWith("refused", StringComparison.Ordinal);
}
