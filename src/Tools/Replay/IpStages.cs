using Culvert.Engine.Planning;
using Culvert.Stages;

namespace Culvert.Tools.Replay;

/// <summary>The part of a pipeline that captured IP packets can be run through without a device, a socket or a peer. Pure.</summary>
internal static class IpStages
{
    /// <summary>The stages between the endpoints that take and forward IP packets, in the file's order.</summary>
    public static IReadOnlyList<PlannedStage> Of(PipelinePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [.. plan.Stages.Where(stage => stage.Shape.Above == PacketKind.Ip && stage.Shape.Below == PacketKind.Ip)];
    }

    /// <summary>The same plan with those stages only; the ends stay, to be replaced.</summary>
    internal static PipelinePlan Cut(PipelinePlan plan) => plan with { Stages = [plan.Stages[0], .. Of(plan), plan.Stages[^1]] };
}
