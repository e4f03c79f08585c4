using Culvert.Engine.Diagnostics;

namespace Culvert.Tools.Cases;

/// <summary>Compares what became of a step's packets with what the test expects. Pure.</summary>
internal static class StepJudge
{
    /// <summary>The differences.</summary>
    public static IEnumerable<CaseFailure> Judge(TestStep step, StepOutcome outcome) =>
        [.. Departures(step, outcome), .. Drops(step, outcome), .. Emissions(step, outcome)];

    /// <summary>The counters that differ.</summary>
    public static IEnumerable<CaseFailure> Judge(CounterExpectation? expected, IReadOnlyList<StageCounters> stages)
    {
        foreach (var (position, stage, name, value) in expected?.Counters ?? [])
        {
            var known = stages.FirstOrDefault(one => one.Stage == stage)?.Counters ?? [];
            var named = known.Where(counter => counter.Name == name || Engine.Inspection.CounterName.Of(counter) == name).ToList();
            if (named.Count == 0)
            {
                var names = known.Select(counter => counter.Name).Distinct().ToList();
                var remedy = names.Count == 0 ? "it has none" : Options.Suggestion.Remedy(name, names, "its counters are");
                yield return new CaseFailure(position, $"'{stage}' has no counter '{name}'; {remedy}");
            }
            else if (named.Sum(counter => counter.Value) is var found && found != value)
            {
                yield return new CaseFailure(position, $"{stage}: {name}: expected {value}, found {found}");
            }
        }
    }

    private static IEnumerable<CaseFailure> Departures(TestStep step, StepOutcome outcome)
    {
        if (step.Out is not { } expected)
        {
            yield break;
        }

        // One that is expected to be dropped is judged there.
        if (expected.Each is not null)
        {
            foreach (var loss in outcome.Losses.Where(_ => step.Drop is null))
            {
                yield return Of(expected.Position, $"expected the packet to leave, but {loss.Words}", loss);
            }

            if (step.Drop is not null && outcome is { Departures.Count: 0, Losses: [var first, ..] })
            {
                yield return Of(expected.Position, $"expected a packet to leave, but none did: {first.Words}", first);
            }
        }
        else if (expected.Sequence!.Count != outcome.Departures.Count)
        {
            var message = $"expected {Packets(expected.Sequence.Count)} to leave, found {outcome.Departures.Count}";
            var (loss, departure) = (outcome.Losses.FirstOrDefault(), outcome.Departures.FirstOrDefault());
            yield return expected.Sequence.Count > outcome.Departures.Count && loss is not null
                ? Of(expected.Position, $"{message}: {loss.Words}", loss)
                : new CaseFailure(expected.Position, message) { Story = departure?.Story, Before = departure?.Before, After = departure?.After };
            yield break;
        }

        foreach (var (index, departure) in outcome.Departures.Index())
        {
            var one = expected.Each ?? expected.Sequence![index];
            foreach (var (position, message) in one.Judge(departure.Before, departure.After, departure.Direction, maker: null))
            {
                yield return new CaseFailure(position, message)
                {
                    Story = departure.Story,
                    Before = departure.Story is null ? departure.Before : null,
                    After = departure.Story is null ? departure.After : null,
                };
            }
        }
    }

    private static IEnumerable<CaseFailure> Drops(TestStep step, StepOutcome outcome)
    {
        if (step.Drop is not { } drop)
        {
            yield break;
        }

        var words = $"expected a drop by {drop.Stage}{(drop.Reason is null ? "" : $" as {drop.Reason}")}";
        foreach (var departure in outcome.Departures.Where(_ => step.Out is null))
        {
            yield return new CaseFailure(drop.Position, $"{words}, but the packet left") { Story = departure.Story, Before = departure.Before, After = departure.After };
        }

        foreach (var loss in outcome.Losses.Where(loss => loss.DroppedBy != drop.Stage || !IsReason(loss.Reason, drop.Reason)))
        {
            yield return Of(drop.Position, $"{words}, but {loss.Words}", loss);
        }

        if (outcome.Losses.Count == 0 && step.Out is not null)
        {
            yield return new CaseFailure(drop.Position, $"{words}, but every packet left");
        }
    }

    private static IEnumerable<CaseFailure> Emissions(TestStep step, StepOutcome outcome)
    {
        if (step.Emits is not { } expected)
        {
            yield break;
        }

        if (expected.Count != outcome.Made.Count)
        {
            var found = string.Concat(outcome.Made.Select(made => $"\n{made.Stage} made {Wire.PacketText.Summarize(made.Packet.Bytes)}"));
            yield return new CaseFailure(step.EmitsPosition, $"expected stages to make {Packets(expected.Count)}, found {outcome.Made.Count}{found}");
            yield break;
        }

        foreach (var (one, (stage, packet)) in expected.Zip(outcome.Made))
        {
            foreach (var (position, message) in one.Judge(before: null, packet.Bytes, packet.Direction, stage))
            {
                yield return new CaseFailure(position, message) { After = packet.Bytes };
            }
        }
    }

    private static CaseFailure Of(SourcePosition position, string message, Loss loss) =>
        new(position, message) { Story = loss.Story, Before = loss.Story is null ? loss.Before : null };

    private static string Packets(int count) => count == 1 ? "1 packet" : $"{count} packets";

    private static bool IsReason(string? found, string? expected) =>
        expected is null || found == expected || (found is not null && found.StartsWith(expected + " (", StringComparison.Ordinal));
}
