using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;

namespace Culvert.Tools.Replay;

/// <summary>The plan of one site of a twin replay: the file's, with the options that each stage gives that site.</summary>
internal static class TwinSitePlan
{
    /// <exception cref="PipelineStartException">A stage's own code failed.</exception>
    public static PipelinePlan Of(PipelinePlan plan, bool isB) => plan with
    {
        Stages = [.. plan.Stages.Select((stage, place) => IsEnd(plan, place) ? stage : stage with
        {
            Entry = stage.Entry with { Options = OptionsOf(stage.Entry, isB) },
        })],
    };

    private static object OptionsOf(StageEntry entry, bool isB)
    {
        try
        {
            var (a, b) = entry.Type.ForTwin(entry.Options);
            return isB ? b : a;
        }
        catch (PluginException error)
        {
            throw new PipelineStartException(entry.Id, error.Message, ForeignCode.Remedy, error.Thrown ?? error);
        }
    }

    // The ends are replaced by memory.
    private static bool IsEnd(PipelinePlan plan, int place) => place == 0 || place == plan.Stages.Count - 1;
}
