using Culvert.Packets;
using Culvert.Tools.Replay;

namespace Culvert.Tools.Cases;

/// <summary>A test of both sites of a tunnel: what enters one site's host leaves at the other's.</summary>
internal static class TwinCase
{
    /// <summary>Runs it and returns the differences.</summary>
    public static IReadOnlyList<CaseFailure> Run(TestCase test)
    {
        List<CaseFailure> failures = [];
        List<byte[]> entered = [];
        var outcome = new StepOutcome();
        HashSet<uint> left = [];
        using var sites = new TwinSites(test.Plan, new TwinConditions(), time: 0, batch => Arrive(Direction.Inbound, batch), batch => Arrive(Direction.Outbound, batch));
        foreach (var step in test.Steps)
        {
            sites.AdvanceTo(step.At);
            foreach (var packet in step.Packets)
            {
                sites.AdvanceTo(packet.At);
                var before = Drops(sites);
                entered.Add(packet.Bytes);
                sites.Enter(packet.Bytes, (uint)entered.Count, packet.Direction);
                if (!left.Contains((uint)entered.Count))
                {
                    outcome.Losses.Add(FindLoss(packet.Bytes, before, Drops(sites)));
                }
            }

            failures.AddRange(StepJudge.Judge(step, outcome));
            outcome = new StepOutcome();
        }

        failures.AddRange(StepJudge.Judge(test.Counters, [.. Stages(sites, Direction.Outbound).Select(pair => new StageCounters(pair.Id, pair.Tally.Counters))]));
        if (sites.Failure is { } failure)
        {
            failures.Add(new CaseFailure(test.Position, $"the pipeline ended: {failure}"));
        }

        return failures;

        void Arrive(Direction direction, PacketBatch batch)
        {
            foreach (var packet in batch)
            {
                // One that waited for a handshake has lost its mark.
                var number = packet.Mark == 0 ? (uint)entered.Count : packet.Mark;
                var before = left.Add(number) && number > 0 ? entered[(int)number - 1] : null;
                outcome.Departures.Add(new Departure(before, packet.Data.ToArray(), direction, Story: null));
            }
        }
    }

    private static IEnumerable<(string Id, StageTally Tally)> Stages(TwinSites sites, Direction direction) =>
        sites.TallyA(direction).Select(tally => (TwinSites.SiteA + tally.Id, tally))
            .Concat(sites.TallyB(direction).Select(tally => (TwinSites.SiteB + tally.Id, tally)));

    // A stage's drops are the same sums in both directions.
    private static Dictionary<(string Stage, string Reason), long> Drops(TwinSites sites) =>
        Stages(sites, Direction.Outbound).SelectMany(pair => pair.Tally.Drops.Select(drop => (pair.Id, Reason: drop.Key, drop.Value)))
            .ToDictionary(drop => (drop.Id, drop.Reason), drop => drop.Value);

    private static Loss FindLoss(byte[] packet, Dictionary<(string Stage, string Reason), long> before, Dictionary<(string Stage, string Reason), long> after)
    {
        var drop = after.FirstOrDefault(pair => pair.Value > before.GetValueOrDefault(pair.Key)).Key;
        return drop.Stage is null
            ? new Loss(packet, "it was lost on its way, and no stage counted a drop", Story: null)
            : new Loss(packet, $"{drop.Stage} dropped it as {drop.Reason}", Story: null) { DroppedBy = drop.Stage, Reason = drop.Reason };
    }
}
