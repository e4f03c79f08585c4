using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running.Shadows;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// Constructs the stages of a plan from the network end upwards, so that whatever a stage may reach below it exists. When one cannot
/// start, those before it are closed again in reverse.
/// </summary>
internal sealed class StageBuilder(PipelineOptions options, IPipelineHost host, StageCloser closer)
{
    private readonly StageContainers _containers = new(options.LoggerFactory, options.Time, options.Services);

    /// <summary>Builds what is not kept.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="kept">Units that continue, by place in the plan; null where a new one is wanted.</param>
    /// <param name="running">The units that run now; a new one of the same id and class counts on.</param>
    /// <returns>A unit for each place in the plan.</returns>
    /// <exception cref="PipelineStartException">A stage could not start; nothing new is left open.</exception>
    public StageUnit[] Build(PipelinePlan plan, IReadOnlyList<StageUnit?> kept, StageUnit[] running)
    {
        var units = new StageUnit[plan.Stages.Count];
        for (var place = units.Length - 1; place >= 0; place--)
        {
            if (kept[place] is { } known)
            {
                units[place] = known;
                continue;
            }

            var stage = plan.Stages[place];
            var predecessor = Array.Find(
                running, unit => unit.Id == stage.Entry.Id && unit.Plan.Entry.Type.StageClass.FullName == stage.Entry.Type.StageClass.FullName);
            try
            {
                var files = InTime(stage, () => NamedFiles.Of(stage.Entry.Options));
                var unit = new StageUnit(stage, host.Lanes, options.LoggerFactory.CreateLogger(stage.Entry.Id), files, predecessor);
                units[place] = unit;
                foreach (var node in unit.Nodes)
                {
                    var context = new StageContext(node, host, RoomOf(plan, stage.Shape));
                    unit.Contexts.Add(context);
                    node.Stage = InTime(stage, () => Create(plan, stage, context), StageCalls.Dispose);
                    node.Descriptor = InTime(stage, () => StageCalls.DescriptorOf(node.Stage));
                    options.Progress?.Invoke();
                }
            }
            catch (PipelineStartException error)
            {
                // A constructor that has not returned may still use its entry and all services.
                var late = error.InnerException is PluginException { IsLate: true };
                CloseNew(late ? units[(place + 1)..] : units, late ? [.. kept.Skip(place + 1)] : kept, running);
                if (running.Length == 0 && !late)
                {
                    CloseServices(options.CloseLimit, _ => { });
                }

                throw;
            }
        }

        return units;
    }

    /// <summary>Prepares the candidate of an entry.</summary>
    /// <param name="unit">The live stage.</param>
    /// <param name="stage">Its place in the plan.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>Null where the entry has none; else one that does not run yet.</returns>
    public Shadow? ShadowOf(StageUnit unit, PlannedStage stage, PipelinePlan plan) =>
        stage.Entry.Shadow is null ? null : new Shadow(unit, stage, host, plan, options);

    /// <summary>Disposes the services of the stages, all of which are closed.</summary>
    /// <param name="limit">How long they may take together.</param>
    /// <param name="report">Gets what a service throws.</param>
    public void CloseServices(TimeSpan limit, Action<Exception> report) => CloseServices(() => _containers.Dispose(report), limit, report);

    /// <summary>Disposes the services of plugins that were replaced and are in use no more.</summary>
    /// <param name="running">The entries that run.</param>
    /// <param name="limit">How long they may take together.</param>
    /// <param name="report">Gets what a service throws.</param>
    public void CloseReplaced(IEnumerable<StageUnit> running, TimeSpan limit, Action<Exception> report)
    {
        Type[] inUse = [.. running.Select(unit => unit.Plan.Entry.Type.StageClass)];
        CloseServices(() => _containers.Release(inUse, report), limit, report);
    }

    private static void CloseServices(Action close, TimeSpan limit, Action<Exception> report)
    {
        try
        {
            PluginGuard.Within(limit, close);
        }
        catch (PluginException late)
        {
            report(late);
        }
    }

    /// <summary>An end leaves room for its own direction; any other stage that asks gets what every lease has.</summary>
    private static Packets.PacketRoom RoomOf(PipelinePlan plan, StageShape shape) =>
        shape.IsHostEndpoint ? plan.OutboundRoom : shape.IsNetworkEndpoint ? plan.InboundRoom : plan.LeaseRoom;

    private T InTime<T>(PlannedStage stage, Func<T> call, Action<T>? late = null)
    {
        try
        {
            return PluginGuard.Within(options.StartLimit, call, late);
        }
        catch (PluginException error) when (error.Thrown is StageStartException refusal)
        {
            throw new PipelineStartException(stage.Entry.Id, refusal.Message, refusal.Remedy, refusal);
        }
        catch (PluginException error)
        {
            throw new PipelineStartException(stage.Entry.Id, error.Message, ForeignCode.Remedy, error.Thrown ?? error);
        }
    }

    private IPacketStage Create(PipelinePlan plan, PlannedStage stage, StageContext context)
    {
        var replacement = stage == plan.Stages[0] ? options.HostEnd : stage == plan.Stages[^1] ? options.NetworkEnd : null;
        var type = stage.Entry.Type;
        return replacement is null
            ? type.Create(stage.Entry.Options, context, _containers.For(type.StageClass))
            : PluginGuard.Call(new("the endpoint's factory"), (replacement, context), static one => one.replacement(one.context));
    }

    private void CloseNew(StageUnit?[] units, IReadOnlyList<StageUnit?> kept, StageUnit[] running) =>
        closer.Close(units.Where((unit, place) => unit is not null && kept[place] is null).Select(unit => unit!), running);
}
