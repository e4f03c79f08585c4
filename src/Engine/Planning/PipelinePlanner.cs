using System.Net;
using Culvert.Engine.Diagnostics;
using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>
/// Makes the plan of a pipeline from its stages' shapes, or says what keeps it from being one:
/// 1. the shapes; 2. the order; 3. the MTU plan; 4. the room plan. Pure.
/// </summary>
internal static class PipelinePlanner
{
    /// <summary>Plans.</summary>
    /// <param name="entries">The enabled entries from the host's side to the network's side.</param>
    /// <param name="file">Where a diagnostic about the whole list points.</param>
    public static PlanningResult Plan(IReadOnlyList<StageEntry> entries, SourcePosition file = default) =>
        Plan(entries, [.. entries.Select(Place)], file);

    /// <summary>Plans with shapes that were asked for already.</summary>
    internal static PlanningResult Plan(IReadOnlyList<StageEntry> entries, IReadOnlyList<PlacedShape> placed, SourcePosition file)
    {
        List<Diagnostic> order = [.. OrderCheck.Check(placed, file), .. CheckBypass(entries, placed), .. CheckConditions(entries, placed), .. CheckCandidates(entries, placed)];
        if (order.Count > 0)
        {
            return new PlanningResult(null, order);
        }

        var shapes = placed.Select(stage => stage.Shape).ToArray();
        var mtu = MtuPlan.Compute(shapes);
        var diagnostics = MtuCheck.Check(placed, mtu);
        if (diagnostics.Any(diagnostic => diagnostic.IsError))
        {
            return new PlanningResult(null, diagnostics);
        }

        var room = RoomPlan.Compute(shapes, mtu);
        IPNetwork[] prefixes = [.. shapes.SelectMany(shape => shape.Prefixes).Distinct()];
        PlannedStage[] stages = [.. entries.Select((entry, i) => Place(entry, placed, mtu, prefixes, i))];
        return new PlanningResult(new PipelinePlan(stages, mtu, room.Outbound, room.Inbound, room.Lease), diagnostics);
    }

    private static PlacedShape Place(StageEntry entry) => new(entry.Id, entry.Type.Shape(entry.Options), entry.Position)
    {
        Candidate = entry.Shadow is { Candidate: var candidate } ? candidate.Type.Shape(candidate.Options) : null,
    };

    private static PlannedStage Place(StageEntry entry, IReadOnlyList<PlacedShape> placed, MtuPlan mtu, IReadOnlyList<IPNetwork> prefixes, int index)
    {
        var shape = placed[index].Shape;
        var own = shape.IsHostEndpoint ? mtu.Below[index] : mtu.Above[index];
        return new PlannedStage
        {
            Entry = entry,
            Shape = shape,
            CandidateShape = placed[index].Candidate,
            MtuAbove = mtu.Above[index],
            MtuBelow = mtu.Below[index],
            Place = new StagePlan(own, MtuDerivation.Of(placed, mtu, index))
            {
                Host = placed[0].Shape.Host ?? new(),
                Network = placed[^1].Shape.Network ?? new(),
                Prefixes = prefixes,
            },
        };
    }

    // Without its stage the neighbours must still meet.
    private static IEnumerable<Diagnostic> CheckBypass(IReadOnlyList<StageEntry> entries, IReadOnlyList<PlacedShape> placed) =>
        entries.Zip(placed)
            .Where(pair => pair.First.OnFault == FaultPolicy.Bypass && pair.Second.Shape.Above != pair.Second.Shape.Below)
            .Select(pair => new Diagnostic(
                DiagnosticCodes.CannotBypass, pair.First.Position,
                $"'{pair.First.Id}' cannot be bypassed: it takes {PacketWords.Of(pair.Second.Shape.Above)} and produces {PacketWords.Of(pair.Second.Shape.Below)}",
                "write on-fault: drop or on-fault: stop"));

    // What passes by goes from one neighbour to the other, and an expression reads IP headers.
    private static IEnumerable<Diagnostic> CheckConditions(IReadOnlyList<StageEntry> entries, IReadOnlyList<PlacedShape> placed) =>
        entries.Zip(placed)
            .Where(pair => pair.First.When is not null && (pair.Second.Shape.Above != PacketKind.Ip || pair.Second.Shape.Below != PacketKind.Ip))
            .Select(pair => new Diagnostic(
                DiagnosticCodes.CannotPassBy, pair.First.Position,
                $"packets cannot pass by '{pair.First.Id}': it takes {PacketWords.Of(pair.Second.Shape.Above)} and produces {PacketWords.Of(pair.Second.Shape.Below)}",
                "remove 'when', or add it to a stage that takes and produces IP packets"));

    // Packets are compared behind both: they must be of one kind, and copies of a sealed packet never match.
    private static IEnumerable<Diagnostic> CheckCandidates(IReadOnlyList<StageEntry> entries, IReadOnlyList<PlacedShape> placed) =>
        from pair in entries.Zip(placed)
        let live = pair.Second.Shape
        where pair.Second.Candidate is { } candidate && (live.Above != live.Below || candidate.Above != live.Above || candidate.Below != live.Below)
        select new Diagnostic(
            DiagnosticCodes.CannotShadow, pair.First.Shadow!.Candidate.Position,
            live.Above != live.Below
                ? $"'{pair.First.Id}' cannot have a shadow: it takes {PacketWords.Of(live.Above)} and produces {PacketWords.Of(live.Below)}"
                : $"'{pair.First.Shadow.Candidate.Type.Name}' cannot be the shadow of '{pair.First.Id}': it does not take and produce {PacketWords.Of(live.Above)}",
            live.Above != live.Below
                ? "remove 'shadow', or add it to a stage that takes and produces packets of one kind"
                : $"use a stage that takes and produces {PacketWords.Of(live.Above)}");
}
