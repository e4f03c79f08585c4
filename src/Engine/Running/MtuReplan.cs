using Culvert.Engine.Planning;

namespace Culvert.Engine.Running;

/// <summary>
/// Follows what the ends report: plans again with the path MTU and the device's MTU as they are now, never above what the file gives,
/// and notifies the stages whose MTU has changed. The reports come from any thread; the planning runs on the service thread.
/// </summary>
internal sealed class MtuReplan(Action<StageUnit, Exception> reportFault)
{
    private readonly Lock _gate = new();
    private int? _path;
    private int? _host;

    /// <summary>Notes a report.</summary>
    public void Note(StageUnit end, int bytes)
    {
        lock (_gate)
        {
            if (end.Plan.Shape.IsNetworkEndpoint)
            {
                _path = bytes;
            }
            else if (end.Plan.Shape.IsHostEndpoint)
            {
                _host = bytes;
            }
        }
    }

    /// <summary>Plans again.</summary>
    /// <param name="units">The running stages, from the host end to the network end.</param>
    /// <returns>The new plan; null when nothing has changed.</returns>
    public MtuPlan? Apply(IReadOnlyList<StageUnit> units)
    {
        var plan = Compute(units);
        var changed = false;
        for (var place = 0; place < units.Count; place++)
        {
            var unit = units[place];
            if (unit.SetMtu(unit.Plan.Shape.IsHostEndpoint ? plan.Below[place] : plan.Above[place]))
            {
                changed = true;
                unit.RaiseMtuChanged(reportFault);
            }
        }

        return changed ? plan : null;
    }

    /// <summary>The derivation of each stage's MTU as it is now, see <see cref="MtuDerivation"/>.</summary>
    public IReadOnlyList<string> Derive(IReadOnlyList<StageUnit> units)
    {
        if (units.Count == 0)
        {
            return [];
        }

        var plan = Compute(units);
        PlacedShape[] placed = [.. units.Select(unit => new PlacedShape(unit.Id, unit.Plan.Shape, unit.Plan.Entry.Position))];
        return [.. units.Select((_, place) => MtuDerivation.Of(placed, plan, place))];
    }

    private MtuPlan Compute(IReadOnlyList<StageUnit> units)
    {
        lock (_gate)
        {
            return MtuPlan.Compute([.. units.Select(unit => unit.Plan.Shape)], _path, _host);
        }
    }
}
