using System.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Engine.Inspection;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Tools.Captures;
using Culvert.Tools.Replay;

namespace Culvert.Tools.Cases;

/// <summary>Runs a test: each step's packets, one at a time, on a clock that stands at the step's time. Opens nothing. Not thread-safe.</summary>
/// <param name="print">Prints packets' ways as <c>explain</c> does: the stages' ids, the packets.</param>
/// <param name="update">Whether snapshots are written instead of compared.</param>
internal sealed class CaseRunner(Func<IReadOnlyList<string>, IReadOnlyList<PacketStory>, string> print, bool update)
{
    /// <summary>Runs a test.</summary>
    public CaseResult Run(TestCase test)
    {
        var watch = Stopwatch.StartNew();
        List<CaseFailure> failures = [];
        try
        {
            failures.AddRange(test.Twin ? TwinCase.Run(test) : RunOne(test));
        }
        catch (PipelineStartException wrong)
        {
            failures.Add(new CaseFailure(test.Position, wrong.Problem));
        }

        return new CaseResult(test, failures, watch.Elapsed) { StageIds = [.. IpStages.Of(test.Plan).Select(stage => stage.Entry.Id)] };
    }

    private IEnumerable<CaseFailure> RunOne(TestCase test)
    {
        var outcome = new StepOutcome();
        using var explainer = new Explainer(test.Plan, Direction.Outbound) { OnMade = (stage, packet) => outcome.Made.Add((stage, packet)) };
        List<CaseFailure> failures = [];
        List<PacketStory> stories = [];
        explainer.AdvanceTo(0);
        foreach (var step in test.Steps)
        {
            outcome = new StepOutcome();
            explainer.AdvanceTo(step.At);
            foreach (var packet in step.Packets)
            {
                var story = explainer.Explain(stories.Count + 1, packet.At, packet.Bytes, packet.Direction);
                stories.Add(story);
                Note(story, outcome);
            }

            failures.AddRange(StepJudge.Judge(step, outcome));
        }

        failures.AddRange(StepJudge.Judge(test.Counters, [.. explainer.Units.Select(unit => new StageCounters(unit.Id, unit.Counters.All))]));
        failures.AddRange(Faults(test, explainer, stories));
        failures.AddRange(JudgeSnapshot(test, explainer.StageIds, stories));
        return failures;
    }

    private static void Note(PacketStory story, StepOutcome outcome)
    {
        if (story.Result is { } result)
        {
            outcome.Departures.Add(new Departure(story.Bytes, result, story.Direction, story));
            return;
        }

        var last = story.Steps[^1];
        var reason = last.Reason is null ? null : CounterName.Of(last.Reason);
        var words = last.Outcome switch
        {
            StageOutcome.Dropped => $"{last.StageId} dropped it as {reason}",
            StageOutcome.Taken => $"{last.StageId} kept it",
            _ => $"{last.StageId} threw: {last.Fault}",
        };
        outcome.Losses.Add(new Loss(story.Bytes, words, story)
        {
            DroppedBy = last.Outcome == StageOutcome.Dropped ? last.StageId : null,
            Reason = reason,
        });
    }

    private static IEnumerable<CaseFailure> Faults(TestCase test, Explainer explainer, List<PacketStory> stories)
    {
        foreach (var story in stories.Where(story => story.Steps.Any(step => step.Outcome == StageOutcome.Threw)))
        {
            var step = story.Steps.First(step => step.Outcome == StageOutcome.Threw);
            yield return new CaseFailure(test.Position, $"{step.StageId} threw: {step.Fault}") { Story = story };
        }

        if (explainer.Failure is { } failure)
        {
            yield return new CaseFailure(test.Position, $"the pipeline ended: {failure}");
        }
    }

    private IEnumerable<CaseFailure> JudgeSnapshot(TestCase test, IReadOnlyList<string> stageIds, List<PacketStory> stories)
    {
        if (test.Snapshot is not { } snapshot)
        {
            return [];
        }

        var found = print(stageIds, stories);
        try
        {
            if (update)
            {
                // Among what the pipeline names are its keys.
                var named = test.Plan.Stages.SelectMany(stage => NamedFiles.Of(stage.Entry.Options).Paths);
                using var writer = new StreamWriter(OutputFile.Create(snapshot.Full, [.. test.Inputs, .. named]));
                writer.Write(found);
                return [];
            }

            var expected = File.ReadAllText(snapshot.Full).ReplaceLineEndings("\n");
            return expected == found ? [] : [new CaseFailure(test.SnapshotPosition, LineDifference(expected, found))];
        }
        catch (Exception wrong) when (wrong is InvalidDataException or PluginException)
        {
            return [new CaseFailure(test.SnapshotPosition, wrong.Message)];
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return [new CaseFailure(test.SnapshotPosition, $"the snapshot cannot be {(update ? "written" : "read")}: {wrong.Message.TrimEnd('.')}; write it with --update")];
        }
    }

    private static string LineDifference(string expected, string found)
    {
        var (old, now) = (expected.Split('\n'), found.Split('\n'));
        var line = old.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"the snapshot differs in line {line + 1}; --update writes it anew\n- {(line < old.Length ? old[line] : "")}\n+ {(line < now.Length ? now[line] : "")}";
    }
}
