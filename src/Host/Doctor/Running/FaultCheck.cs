using Culvert.Tools.Views;

namespace Culvert.Host.Doctor.Running;

/// <summary>Stages that threw.</summary>
internal sealed class FaultCheck() : Check("faults")
{
    public override IEnumerable<Finding> Find(Site site)
    {
        foreach (var stage in site.Stages.Where(stage => Quantity.Number(stage["faults"]) > 0))
        {
            var taken = (bool?)stage["bypassed"] == true ? ", and packets now pass by it" : "";
            yield return new Finding(
                $"stage '{stage["id"]}' threw {Quantity.Count((long)Quantity.Number(stage["faults"]), "time")}{taken}",
                "read the log for the exception, and update or remove the stage; 'culvert reload' puts it back");
        }
    }
}
