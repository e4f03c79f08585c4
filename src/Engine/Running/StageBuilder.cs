using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
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
    /// <param name="kept">Units that go on, by place in the plan; null where a new one is wanted.</param>
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
                running, unit => unit.Id == stage.Entry.Id && unit.Plan.Entry.Type.StageClass == stage.Entry.Type.StageClass);
            var unit = new StageUnit(stage, host.Lanes, options.LoggerFactory.CreateLogger(stage.Entry.Id), predecessor);
            units[place] = unit;
            try
            {
                foreach (var node in unit.Nodes)
                {
                    var context = new StageContext(node, host, RoomOf(plan, stage.Shape));
                    unit.Contexts.Add(context);
                    node.Stage = CreateInTime(plan, stage, context);
                }
            }
            catch (PipelineStartException)
            {
                CloseNew(units, kept, from: place, running);
                if (running.Length == 0)
                {
                    CloseServices(_ => { });
                }

                throw;
            }
        }

        return units;
    }

    /// <summary>Disposes the services of the stages, all of which are closed.</summary>
    /// <param name="report">Gets what a service throws.</param>
    public void CloseServices(Action<Exception> report) => _containers.Dispose(report);

    /// <summary>An end leaves room for its own direction; any other stage that asks gets what every lease has.</summary>
    private static Packets.PacketRoom RoomOf(PipelinePlan plan, StageShape shape) =>
        shape.IsHostEndpoint ? plan.OutboundRoom : shape.IsNetworkEndpoint ? plan.InboundRoom : plan.LeaseRoom;

    private IPacketStage CreateInTime(PipelinePlan plan, PlannedStage stage, StageContext context)
    {
        IPacketStage? created = null;
        if (Limited.TryRun(() => created = Create(plan, stage, context), options.StartLimit, late: () => (created as IDisposable)?.Dispose()))
        {
            return created!;
        }

        var limit = string.Create(CultureInfo.InvariantCulture, $"{options.StartLimit.TotalSeconds:0.#}");
        throw new PipelineStartException(
            stage.Entry.Id, $"the stage's constructor did not return within {limit} seconds", ForeignCode.Remedy, new TimeoutException());
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a constructor throws becomes one kind of error.")]
    private IPacketStage Create(PipelinePlan plan, PlannedStage stage, StageContext context)
    {
        try
        {
            var replacement = stage == plan.Stages[0] ? options.HostEnd : stage == plan.Stages[^1] ? options.NetworkEnd : null;
            var type = stage.Entry.Type;
            return replacement?.Invoke(context) ?? type.Create(stage.Entry.Options, context, _containers.For(type.StageClass));
        }
        catch (StageStartException error)
        {
            throw new PipelineStartException(stage.Entry.Id, error.Message, error.Remedy, error);
        }
        catch (Exception error)
        {
            throw new PipelineStartException(
                stage.Entry.Id, $"the stage's constructor threw {ForeignCode.Describe(error)}", ForeignCode.Remedy, error);
        }
    }

    private void CloseNew(StageUnit[] units, IReadOnlyList<StageUnit?> kept, int from, StageUnit[] running)
    {
        closer.Close(Enumerable.Range(from, units.Length - from).Where(place => kept[place] is null).Select(place => units[place]), running);
    }
}
