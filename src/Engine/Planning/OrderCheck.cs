using Culvert.Engine.Diagnostics;
using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>
/// Checks the order of a list of stages: one host endpoint, first; one network endpoint, last; each stage produces what the next one needs.
/// Each message names both lines, each remedy the move. Pure.
/// </summary>
internal static class OrderCheck
{
    /// <summary>Checks a list.</summary>
    /// <param name="stages">From the host's side to the network's side.</param>
    /// <param name="file">Where a diagnostic about the whole list points.</param>
    /// <returns>Empty when the order is right.</returns>
    public static IReadOnlyList<Diagnostic> Check(IReadOnlyList<PlacedShape> stages, SourcePosition file = default)
    {
        ArgumentNullException.ThrowIfNull(stages);
        if (stages.Count == 0)
        {
            return [new(
                DiagnosticCodes.NoStages, file, "there is no enabled stage",
                "list the stages from the host's side to the network's side, for example tun, encrypt, udp")];
        }

        List<Diagnostic> found = [];
        CheckHostEndpoint(stages, file, found);
        CheckNetworkEndpoint(stages, file, found);
        CheckNeighbours([.. stages.Where(stage => !IsMisplacedEndpoint(stages, stage))], found);
        return [.. found.OrderBy(diagnostic => diagnostic.Position.Line).ThenBy(diagnostic => diagnostic.Position.Column)];
    }

    private static void CheckHostEndpoint(IReadOnlyList<PlacedShape> stages, SourcePosition file, List<Diagnostic> found)
    {
        PlacedShape[] ends = [.. stages.Where(stage => stage.Shape.IsHostEndpoint)];
        if (ends.Length == 0)
        {
            found.Add(new(
                DiagnosticCodes.NoHostEnd, file, "no stage connects to the host",
                $"add a host endpoint, for example 'tun', above '{stages[0].Id}' (line {stages[0].Position.Line})"));
            return;
        }

        foreach (var extra in ends.Skip(1))
        {
            found.Add(new(
                DiagnosticCodes.SecondHostEnd, extra.Position,
                $"'{extra.Id}' is a second host endpoint; the first is '{ends[0].Id}' (line {ends[0].Position.Line})",
                $"remove one of them, or set enabled: false on it"));
        }

        if (ends[0] != stages[0])
        {
            found.Add(new(
                DiagnosticCodes.HostEndNotFirst, ends[0].Position,
                $"'{ends[0].Id}' is the host endpoint, but '{stages[0].Id}' (line {stages[0].Position.Line}) is above it",
                $"move '{ends[0].Id}' above '{stages[0].Id}'"));
        }
    }

    private static void CheckNetworkEndpoint(IReadOnlyList<PlacedShape> stages, SourcePosition file, List<Diagnostic> found)
    {
        PlacedShape[] ends = [.. stages.Where(stage => stage.Shape.IsNetworkEndpoint)];
        var last = stages[^1];
        if (ends.Length == 0)
        {
            found.Add(new(
                DiagnosticCodes.NoNetworkEnd, file, "no stage connects to the network",
                $"add a network endpoint, for example 'udp', below '{last.Id}' (line {last.Position.Line})"));
            return;
        }

        foreach (var extra in ends.SkipLast(1))
        {
            found.Add(new(
                DiagnosticCodes.SecondNetworkEnd, extra.Position,
                $"'{extra.Id}' is a second network endpoint; the other is '{ends[^1].Id}' (line {ends[^1].Position.Line})",
                $"remove one of them, or set enabled: false on it"));
        }

        if (ends[^1] != last)
        {
            found.Add(new(
                DiagnosticCodes.NetworkEndNotLast, ends[^1].Position,
                $"'{ends[^1].Id}' is the network endpoint, but '{last.Id}' (line {last.Position.Line}) is below it",
                $"move '{ends[^1].Id}' below '{last.Id}'"));
        }
    }

    // An endpoint that has its own diagnostic gets none about its neighbours.
    private static bool IsMisplacedEndpoint(IReadOnlyList<PlacedShape> stages, PlacedShape stage) =>
        (stage.Shape.IsHostEndpoint && stage != stages[0]) || (stage.Shape.IsNetworkEndpoint && stage != stages[^1]);

    private static void CheckNeighbours(List<PlacedShape> stages, List<Diagnostic> found)
    {
        var i = 1;
        while (i < stages.Count)
        {
            var upper = stages[i - 1];
            var lower = stages[i];
            if (upper.Shape.Below == lower.Shape.Above)
            {
                i++;
                continue;
            }

            var (remedy, moved) = FindRemedy(stages, i);
            found.Add(new(
                DiagnosticCodes.KindsDoNotMeet, lower.Position,
                $"'{lower.Id}' needs {PacketWords.Of(lower.Shape.Above)}, but '{upper.Id}' (line {upper.Position.Line}) produces {PacketWords.Of(upper.Shape.Below)}",
                remedy));
            if (moved)
            {
                // Judge the rest as if the move had been made: one misplaced stage is one diagnostic.
                stages.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }

    private static (string Remedy, bool Moved) FindRemedy(List<PlacedShape> stages, int index)
    {
        var upper = stages[index - 1];
        var stage = stages[index];
        if (IsThrough(stage) && FindPlace(stages, index) is var (above, below))
        {
            return ($"move '{stage.Id}' between '{above.Id}' and '{below.Id}'", true);
        }

        var (from, to) = (upper.Shape.Below, stage.Shape.Above);
        if (upper.Shape.Above == to && from == stage.Shape.Below)
        {
            return ($"keep only one of '{upper.Id}' and '{stage.Id}'", true);
        }

        var hint = from == PacketKind.Ip && to == PacketKind.Datagram
            ? "'encrypt', or 'plaintext' to send unencrypted"
            : $"one that takes {PacketWords.Of(from)} and produces {PacketWords.Of(to)}";
        return ($"add a stage between '{upper.Id}' and '{stage.Id}': {hint}", false);
    }

    // A place lies between two stages that change the kind or are endpoints; those that pass one kind through may be misplaced themselves.
    private static (PlacedShape Above, PlacedShape Below)? FindPlace(List<PlacedShape> stages, int index)
    {
        var kind = stages[index].Shape.Above;
        var frame = Enumerable.Range(0, stages.Count).Where(i => !IsThrough(stages[i])).ToArray();
        return frame.Zip(frame.Skip(1))
            .Where(pair => stages[pair.First].Shape.Below == kind && stages[pair.Second].Shape.Above == kind)
            .OrderBy(pair => Math.Abs(pair.Second - index))
            .Select(pair => ((PlacedShape, PlacedShape)?)(stages[pair.First], stages[pair.Second]))
            .FirstOrDefault();
    }

    private static bool IsThrough(PlacedShape stage) => stage.Shape.Above == stage.Shape.Below;
}
