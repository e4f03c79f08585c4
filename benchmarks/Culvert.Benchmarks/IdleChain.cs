using Culvert.Engine.Configuration;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks;

/// <summary>A chain between ends that have nothing and keep nothing, of stages that a benchmark chooses.</summary>
internal static class IdleChain
{
    /// <summary>Plans a pipeline of these shapes, in the file's order.</summary>
    public static PipelinePlan Plan(IEnumerable<StageShape> shapes) => PipelinePlanner.Plan([.. shapes.Select((shape, place) => new StageEntry
    {
        Id = $"stage-{place}",
        Type = StageType.Of<ShapedStage, ShapeOptions>(),
        Options = new ShapeOptions { Shape = shape },
    })]).Plan!;

    /// <summary>Makes the chain of a plan, each stage between the ends by the factory.</summary>
    public static Chain Of(PipelinePlan plan, Func<IPacketStage> stage) => new(plan.Stages.Select(planned =>
    {
        var node = new StageUnit(planned, lanes: 1, NullLogger.Instance, NamedFiles.Of(null), predecessor: null).Nodes[0];
        node.Stage = planned.Shape.IsHostEndpoint || planned.Shape.IsNetworkEndpoint ? new IdleEnd() : stage();
        return node;
    }).ToArray());

    /// <summary>A stage that passes packets on.</summary>
    public static IPacketStage Stage() => new ShapedStage();

    /// <summary>Its shape, so that one class stands for ends and stages in the plan.</summary>
    private sealed record ShapeOptions
    {
        public StageShape Shape { get; init; } = StageShape.Through(PacketKind.Ip);
    }

    [Stage("shaped", "Passes packets on.")]
    private sealed class ShapedStage : IPacketStage, IStageDefinition<ShapeOptions>
    {
        public static StageShape Shape(ShapeOptions options) => options.Shape;
    }

    private sealed class IdleEnd : IPacketEndpoint
    {
        public void Receive(PacketFiller filler)
        {
        }

        public void Wake()
        {
        }
    }
}
