using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;
using Culvert.Options;
using Culvert.Tools.Replay;

namespace Culvert.Tools.Cases;

/// <summary>The rules that a test obeys beyond the types of its keys: it expects something, and of stages that run.</summary>
internal static class CaseRules
{
    /// <summary>Reports what breaks a rule.</summary>
    public static void Check(FileNode item, CaseKeys keys, IReadOnlyList<TestStep> steps, PipelinePlan plan, DiagnosticBag diagnostics)
    {
        if (steps.All(step => step is { Out: null, Drop: null, Emits: null }) && keys.Counters is null && keys.Snapshot is null)
        {
            Report(item.Position, $"the test '{keys.Name}' expects nothing", "add out, dropped-by, emits, counters or snapshot");
        }

        if (steps.All(step => step.Packets.Count == 0))
        {
            Report(item.Position, $"no packet comes in in the test '{keys.Name}'", "add in: PACKET");
        }

        if (keys.Twin && (keys.Snapshot is not null || steps.Any(step => step.Emits is not null)))
        {
            Report(item.Position, $"'{keys.Name}' is a test of two sites, which has no 'emits' and no 'snapshot'", "remove the key, or twin: true");
        }

        var stages = keys.Twin
            ? plan.Stages.Skip(1).SkipLast(1).SelectMany(stage => new[] { TwinSites.SiteA + stage.Entry.Id, TwinSites.SiteB + stage.Entry.Id })
            : IpStages.Of(plan).Select(stage => stage.Entry.Id);
        string[] known = [.. stages];
        var named = steps.Select(step => step.Drop).OfType<ExpectedDrop>().Select(drop => (drop.Position, drop.Stage))
            .Concat((keys.Counters?.Counters ?? []).Select(counter => (counter.Position, counter.Stage)));
        foreach (var (position, stage) in named.Where(pair => !known.Contains(pair.Stage)))
        {
            Report(position, $"no stage '{stage}' runs in the test '{keys.Name}'", Suggestion.Remedy(stage, known, "the stages are"));
        }

        void Report(SourcePosition position, string message, string remedy) =>
            diagnostics.Add(DiagnosticCodes.TestMistake, position, message, remedy);
    }
}
