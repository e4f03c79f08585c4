using Culvert.Engine.Planning;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>
/// Live reload: 1. match the new plan's stages with the running ones; 2. construct what is new; 3. give every lane the new chain and
/// wait until all have left the old one; 4. let the new stages' emissions go; 5. dispose what was taken out. Packets go on flowing
/// throughout, and those under way finish in the chain in which they began.
/// </summary>
public sealed partial class Pipeline
{
    /// <summary>Puts another plan in place. Stages whose id, kind and options are the same go on with their state.</summary>
    /// <param name="plan">A plan without errors.</param>
    public ReloadResult Reload(PipelinePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        lock (_reloadGate)
        {
            var kept = Match(plan);
            if (Volatile.Read(ref _stopping) == 1)
            {
                return Describe(ReloadOutcome.Failed, [], null);
            }

            if (kept[0] is null || kept[^1] is null || !RoomSuffices(plan))
            {
                return Describe(ReloadOutcome.NeedsRestart, [], null);
            }

            try
            {
                var units = _builder.Build(plan, kept, _units);
                var old = _units;
                Swap(plan, units);
                return Describe(ReloadOutcome.Swapped, old, null);
            }
            catch (PipelineStartException error)
            {
                return Describe(ReloadOutcome.Failed, [], error);
            }
        }
    }

    private static bool Fits(PacketRoom wanted, PacketRoom given) =>
        wanted.Headroom <= given.Headroom && wanted.Size <= given.Size && wanted.Tailroom <= given.Tailroom;

    private static bool GoesOn(StageUnit unit, PlannedStage stage) =>
        unit.Id == stage.Entry.Id
        && !unit.IsBypassed
        && unit.Plan.Entry.Type.StageClass == stage.Entry.Type.StageClass
        && OptionsComparison.Same(unit.Plan.Entry.Options, stage.Entry.Options)
        && NamedFiles.Of(stage.Entry.Options).SameAs(unit.Files);

    private StageUnit?[] Match(PipelinePlan plan) =>
        [.. plan.Stages.Select(stage => Array.Find(_units, unit => GoesOn(unit, stage)))];

    private bool RoomSuffices(PipelinePlan plan) =>
        Fits(plan.OutboundRoom, _room.OutboundRoom) && Fits(plan.InboundRoom, _room.InboundRoom) && Fits(plan.LeaseRoom, _room.LeaseRoom);

    private void Swap(PipelinePlan plan, StageUnit[] units)
    {
        var old = _units;
        for (var place = 0; place < units.Length; place++)
        {
            units[place].Plan = plan.Stages[place];
        }

        var left = true;
        lock (_chainGate)
        {
            (_units, Plan) = (units, plan);
            foreach (var lane in _lanes)
            {
                lane.Switch(new Chain(units.Select(unit => unit.Nodes[lane.Index])));
            }
        }

        foreach (var lane in _lanes)
        {
            left &= lane.WaitForSwitch(_options.CloseLimit);
        }

        foreach (var unit in units)
        {
            unit.Activate();
        }

        _service.PostTimer(units[0].Nodes[0], _replan);
        CloseRemoved(old, units, left);
    }

    private void CloseRemoved(StageUnit[] old, StageUnit[] units, bool left)
    {
        if (!left)
        {
            // Disposing under a loop's feet would be worse than a leak that the log names.
            RunningLog.SwitchBlocked(_logger, _options.CloseLimit.TotalSeconds);
            return;
        }

        var removed = old.Except(units).ToArray();
        foreach (var unit in removed)
        {
            unit.Quiet();
        }

        // What they posted before runs before they are disposed.
        if (removed.Length != 0)
        {
            Expect(_service.Flush(removed[0].Nodes[0], _options.CloseLimit), "A timer's callback or posted work");
        }

        foreach (var unit in removed)
        {
            unit.Close(ReportCloseFault);
        }

        // A successor has its predecessor's account, and may have its packets.
        foreach (var unit in removed.Where(unit => units.All(other => other.Holder != unit.Holder)))
        {
            ReportLeaks(unit);
        }
    }

    private ReloadResult Describe(ReloadOutcome outcome, StageUnit[] old, PipelineStartException? failure) => new(
        outcome,
        outcome == ReloadOutcome.Swapped ? [.. _units.Except(old).Select(unit => unit.Id)] : [],
        outcome == ReloadOutcome.Swapped ? [.. old.Except(_units).Select(unit => unit.Id)] : [],
        outcome == ReloadOutcome.Swapped ? [.. _units.Intersect(old).Select(unit => unit.Id)] : [.. _units.Select(unit => unit.Id)],
        failure);
}
