using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Engine.Planning;
using Culvert.Engine.Running.Shadows;
using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Running;

/// <summary>
/// Live reload: 1. match the new plan's stages with the running ones; 2. construct what is new; 3. give every lane the new chain and
/// wait until all have left the old one; 4. let the new stages' emissions go; 5. dispose what was taken out. Packets flow throughout, and
/// those under way finish in the chain in which they began. What a stage that was taken out emits until its Dispose returns enters at its
/// successor's place. For one thread at a time.
/// </summary>
internal sealed class PipelineReload(
    PacketRooms room, LiveChain chain, StageBuilder builder, ServiceLoop service, StageCloser closer, PipelineOptions options, ILogger logger)
{
    /// <summary>Replaces the plan; on any error the old one continues.</summary>
    /// <param name="plan">A plan without errors.</param>
    /// <param name="started">Runs once the new chain runs, before the old stages are disposed.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong before the switch, the old chain continues.")]
    public ReloadResult Run(PipelinePlan plan, Action started)
    {
        var old = chain.Units;
        StageUnit[] units;
        try
        {
            var kept = Match(plan);
            if (WhyRestart(plan, kept) is { Count: > 0 } reasons)
            {
                return Kept(ReloadOutcome.NeedsRestart, null) with { Reopened = reasons };
            }

            units = builder.Build(plan, kept, old);
        }
        catch (PipelineStartException error)
        {
            return Kept(ReloadOutcome.Failed, error);
        }
        catch (Exception error)
        {
            return Kept(ReloadOutcome.Failed, new PipelineStartException("reload", PluginException.Describe(error), ForeignCode.Remedy, error));
        }

        if (!chain.Lanes.All(lane => lane.Fits(units[0].Nodes[lane.Index], units[^1].Nodes[lane.Index])))
        {
            closer.Close(units.Except(old), old);
            return Kept(ReloadOutcome.NeedsRestart, null) with { Reopened = ["an endpoint can no longer be polled, or can be now"] };
        }

        var before = ShadowsOf(old);
        if (!Swap(plan, units, started))
        {
            closer.Close(units.Except(old), old);
            return Kept(ReloadOutcome.Failed, null);
        }

        return Describe(units, old, before);
    }

    private static bool Fits(PacketRoom wanted, PacketRoom given) =>
        wanted.Headroom <= given.Headroom && wanted.Size <= given.Size && wanted.Tailroom <= given.Tailroom;

    private bool GoesOn(StageUnit unit, PlannedStage stage) =>
        unit.Id == stage.Entry.Id
        && !unit.IsBypassed
        && unit.Plan.Entry.Type.StageClass == stage.Entry.Type.StageClass
        && (stage.Shape.Host?.FollowsPlan != true || SameFacts(unit.Plan.Place, stage.Place))
        && Ask(stage, () => OptionsComparison.Same(unit.Plan.Entry.Options, stage.Entry.Options) && NamedFiles.Of(stage.Entry.Options).SameAs(unit.Files));

    /// <exception cref="PipelineStartException">The stage's code failed.</exception>
    private T Ask<T>(PlannedStage stage, Func<T> question)
    {
        try
        {
            return PluginGuard.Within(options.CloseLimit, question);
        }
        catch (PluginException error)
        {
            throw new PipelineStartException(stage.Entry.Id, error.Message, ForeignCode.Remedy, error.Thrown ?? error);
        }
    }

    private static bool SameFacts(StagePlan one, StagePlan other) =>
        one.Network == other.Network && one.Prefixes.SequenceEqual(other.Prefixes);

    private static Dictionary<string, Shadow> ShadowsOf(StageUnit[] units) =>
        units.Where(unit => unit.Shadow is not null).ToDictionary(unit => unit.Id, unit => unit.Shadow!, StringComparer.Ordinal);

    private static ReloadResult Describe(StageUnit[] units, StageUnit[] old, Dictionary<string, Shadow> shadowsBefore)
    {
        var (entered, left) = (units.Except(old).ToArray(), old.Except(units).ToArray());
        var changed = entered.Where(unit => left.Any(before => IsSameStage(before, unit))).Select(unit => unit.Id).ToArray();
        var shadows = ShadowsOf(units);
        var changedShadows = shadows.Keys.Union(shadowsBefore.Keys).Where(id => shadows.GetValueOrDefault(id) != shadowsBefore.GetValueOrDefault(id));
        return new ReloadResult(
            ReloadOutcome.Swapped, [.. Ids(entered).Except(changed)], [.. Ids(left).Except(changed)], Ids(units.Intersect(old)), null)
        {
            Changed = [.. changed, .. changedShadows.Select(id => $"{id} (shadow)")],
        };
    }

    private static bool IsSameStage(StageUnit one, StageUnit other) =>
        one.Id == other.Id && one.Plan.Entry.Type.StageClass == other.Plan.Entry.Type.StageClass;

    private static string[] Ids(IEnumerable<StageUnit> units) => [.. units.Select(unit => unit.Id)];

    private StageUnit?[] Match(PipelinePlan plan) =>
        [.. plan.Stages.Select(stage => Array.Find(chain.Units, unit => GoesOn(unit, stage)))];

    private List<string> WhyRestart(PipelinePlan plan, StageUnit?[] kept)
    {
        List<string> reasons = [];
        foreach (var (stage, unit, same) in new[] { (plan.Stages[0], chain.Units[0], kept[0]), (plan.Stages[^1], chain.Units[^1], kept[^1]) })
        {
            if (same is null && WhyReopen(unit, stage) is { } reason)
            {
                reasons.Add($"{stage.Entry.Id} must close and reopen: {reason}");
            }
        }

        if (!Fits(plan.OutboundRoom, room.Outbound) || !Fits(plan.InboundRoom, room.Inbound) || !Fits(plan.LeaseRoom, room.Lease))
        {
            reasons.Add("the new stages need more room around packets than was allocated");
        }

        return reasons;
    }

    // An endpoint that the program put in place of the file's has no options to change.
    private string? WhyReopen(StageUnit running, PlannedStage wanted)
    {
        var type = running.Plan.Entry.Type;
        if (running.Id != wanted.Entry.Id || type.StageClass != wanted.Entry.Type.StageClass)
        {
            return $"it replaces {running.Id}";
        }

        return type.StageClass.IsInstanceOfType(running.Nodes[0].Stage) && options.HostEnd is null && options.NetworkEnd is null
            ? Ask(wanted, () => type.WhyReopen(running.Plan.Entry.Options, wanted.Entry.Options))
            : "its options changed";
    }

    private bool Swap(PipelinePlan plan, StageUnit[] units, Action started)
    {
        var old = chain.Units;
        var removed = old.Except(units).ToArray();
        foreach (var unit in removed)
        {
            unit.Retire(old);
        }

        Shadow?[] shadows = [.. units.Zip(plan.Stages, (unit, stage) => Keeps(unit, stage) ? unit.Shadow : builder.ShadowOf(unit, stage, plan))];
        Shadow[] before = [.. old.Select(unit => unit.Shadow).OfType<Shadow>()];
        if (!chain.Switch(plan, units, shadows))
        {
            return false;
        }

        var left = true;
        foreach (var lane in chain.Lanes)
        {
            left &= lane.WaitForSwitch(options.CloseLimit);
        }

        foreach (var unit in units)
        {
            unit.Activate();
        }

        started();
        SwapShadows(before, shadows);
        if (left)
        {
            CloseRemoved(removed);
        }
        else
        {
            // Disposing under a loop's feet would be worse than a leak that the log names.
            RunningLog.SwitchBlocked(logger, options.CloseLimit.TotalSeconds);
        }

        return true;
    }

    private static bool Keeps(StageUnit unit, PlannedStage stage) => unit.Shadow is { } shadow && stage.Entry.Shadow is { } wanted && shadow.IsFor(wanted);

    // The old ones end on their own threads, whenever they return.
    private static void SwapShadows(Shadow[] before, Shadow?[] now)
    {
        foreach (var shadow in before.Except(now.OfType<Shadow>()))
        {
            shadow.End(TimeSpan.Zero);
        }

        foreach (var shadow in now.OfType<Shadow>().Except(before))
        {
            shadow.Start();
        }
    }

    private void CloseRemoved(StageUnit[] removed)
    {
        if (removed.Length == 0)
        {
            return;
        }

        foreach (var unit in removed)
        {
            unit.Quiet();
        }

        // What they posted before runs before they are disposed.
        if (!service.Flush(removed[0].Nodes[0], options.CloseLimit))
        {
            RunningLog.DidNotEnd(logger, "A timer's callback or posted work", options.CloseLimit.TotalSeconds);
            return;
        }

        if (closer.Close(removed, chain.Units))
        {
            builder.CloseReplaced(chain.Units, options.CloseLimit, error => RunningLog.DisposeFailed(logger, ForeignCode.Message(error), ForeignCode.Loggable(error)));
        }
    }

    private ReloadResult Kept(ReloadOutcome outcome, PipelineStartException? failure) =>
        new(outcome, [], [], Ids(chain.Units), failure);
}
