using Culvert.Engine.Configuration;

namespace Culvert.Engine.Planning;

/// <summary>
/// Makes the plan of a pipeline from its stages' shapes, or says what keeps it from being one:
/// 1. the shapes; 2. the order; 3. the MTU plan; 4. the room plan. Pure.
/// </summary>
public static class PipelinePlanner
{
    /// <summary>Plans.</summary>
    /// <param name="entries">The enabled entries from the host's side to the network's side.</param>
    /// <param name="file">Where a diagnostic about the whole list points.</param>
    public static PlanningResult Plan(IReadOnlyList<StageEntry> entries, SourcePosition file = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        PlacedShape[] placed = [.. entries.Select(entry => new PlacedShape(entry.Id, entry.Type.Shape(entry.Options), entry.Position))];
        var order = OrderCheck.Check(placed, file);
        if (order.Count > 0)
        {
            return new PlanningResult(null, order);
        }

        var shapes = placed.Select(stage => stage.Shape).ToArray();
        var mtu = MtuPlan.Compute(shapes);
        var diagnostics = MtuCheck.Check(placed, mtu);
        if (diagnostics.Any(diagnostic => diagnostic.IsError))
        {
            return new PlanningResult(null, diagnostics);
        }

        var room = RoomPlan.Compute(shapes, mtu);
        var stages = entries.Select((entry, i) => new PlannedStage
        {
            Entry = entry,
            Shape = shapes[i],
            MtuAbove = mtu.Above[i],
            MtuBelow = mtu.Below[i],
        });
        var plan = new PipelinePlan
        {
            Stages = [.. stages],
            Mtu = mtu,
            OutboundRoom = room.Outbound,
            InboundRoom = room.Inbound,
            LeaseRoom = room.Lease,
        };
        return new PlanningResult(plan, diagnostics);
    }
}
