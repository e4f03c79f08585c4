using System.Text.Json.Nodes;

namespace Culvert.Host.Doctor.Running;

/// <summary>A device that somebody has set down.</summary>
internal sealed class DeviceStateCheck() : Check("device-state")
{
    public override IEnumerable<Finding> Find(Site site)
    {
        foreach (var details in site.Stages.Select(stage => stage["details"]).OfType<JsonObject>())
        {
            if (details["device"] is JsonValue device && details["up"] is JsonValue up && up.GetValueKind() == System.Text.Json.JsonValueKind.False)
            {
                yield return new Finding($"device '{device}' is down", $"run 'ip link set {device} up', and find out what set it down");
            }
        }
    }
}
