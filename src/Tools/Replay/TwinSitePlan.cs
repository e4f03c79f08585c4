using Culvert.Engine.Planning;
using Culvert.Stages;

namespace Culvert.Tools.Replay;

/// <summary>The plan of one site of a twin replay: the file's, with the options that each stage gives that site. Pure.</summary>
internal static class TwinSitePlan
{
    public static PipelinePlan Of(PipelinePlan plan, bool isB) => plan with
    {
        Stages = [.. plan.Stages.Select((stage, place) => IsEnd(plan, place) ? stage : stage with
        {
            Entry = stage.Entry with { Options = isB ? stage.Entry.Type.ForTwin(stage.Entry.Options).B : stage.Entry.Type.ForTwin(stage.Entry.Options).A },
        })],
    };

    // The ends are replaced by memory.
    private static bool IsEnd(PipelinePlan plan, int place) => place == 0 || place == plan.Stages.Count - 1;
}
