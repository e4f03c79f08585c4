using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Tools.Views;
using static Culvert.Tools.Views.Quantity;

namespace Culvert.Host.Output;

/// <summary>
/// A pipeline's human-readable status: a line for each stage with both directions, then each stage's counters and details. Used by
/// <c>culvert status</c>, the report at the end of a run, and the page for browsers without scripts.
/// </summary>
internal static class StatusText
{
    private const string Indent = "  ";

    /// <summary>Renders a status with the peers that matter most.</summary>
    public static string Render(PipelineView view) => Render(view, new ShownPeers());

    /// <summary>Renders a status.</summary>
    /// <param name="view">The pipeline.</param>
    /// <param name="shown">Which peers to show.</param>
    public static string Render(PipelineView view, ShownPeers shown)
    {
        ArgumentNullException.ThrowIfNull(view);
        var text = new StringBuilder();
        using (var lines = new StringWriter(text))
        {
            StatusHeader.Write(view, lines);
            Traffic(view.Stages).Write(lines);
        }

        var peers = new PeersText(view.Now, shown);
        foreach (var stage in view.Stages)
        {
            AppendStage(text, Lines(stage, peers), stage.Id);
        }

        if (view.Inspection is { } inspection)
        {
            text.AppendLine();
            InspectionText.Append(text, inspection);
        }

        return text.ToString();
    }

    /// <summary>The lines about a stage: its trouble, what it counts, its details and its peers.</summary>
    public static IReadOnlyList<string> Lines(StageView stage, PeersText peers)
    {
        var lines = new List<string>();
        if (stage.IsBypassed)
        {
            lines.Add("bypassed after a fault");
        }

        if (stage.When is { } when)
        {
            lines.Add($"when {when}: {Matched(stage.Outbound, "outbound")}; {Matched(stage.Inbound, "inbound")}");
        }

        if (stage.Shadow is { } shadow)
        {
            lines.AddRange(ShadowText.Lines(shadow));
        }

        if (stage.Faults > 0)
        {
            lines.Add($"{Count(stage.Faults, "fault")}: the stage threw");
        }

        if (stage.Held + stage.Rented + stage.Taken is not 0)
        {
            lines.Add($"leases: {Whole(stage.Held)} held, of {Whole(stage.Taken)} taken and {Whole(stage.Rented)} rented");
        }

        lines.AddRange(stage.Counters.Where(counter => counter.Value != 0).Select(CounterLine));
        if (stage.Details is { } details)
        {
            DetailText.Append(lines, stage.Peers is null ? details : Without(details, "peers"), "");
        }

        lines.AddRange(stage.Peers is null ? [] : peers.Lines(stage.Peers));
        return lines;
    }

    private static TextTable Traffic(IReadOnlyList<StageView> stages)
    {
        var table = new TextTable(
            "stage", " out: packets", " bytes", " dropped", " ns/packet", " in: packets", " bytes", " dropped", " ns/packet");
        foreach (var stage in stages)
        {
            table.Add([stage.Id, .. TrafficCells(stage.Outbound), .. TrafficCells(stage.Inbound)]);
        }

        return table;
    }

    private static string[] TrafficCells(TrafficView traffic) =>
    [
        Whole(traffic.Packets), Size(traffic.Bytes), Whole(traffic.Lost),
        traffic.Nanoseconds is { } time ? time.ToString("0", CultureInfo.InvariantCulture) : "-",
    ];

    private static void AppendStage(StringBuilder text, IReadOnlyList<string> lines, string id)
    {
        if (lines.Count == 0)
        {
            return;
        }

        text.AppendLine().AppendLine(id);
        foreach (var line in lines)
        {
            // A line feed in what a stage or a peer tells does not begin a line.
            text.AppendLine(Indent + VisibleText.EscapeLine(line));
        }
    }

    private static JsonObject Without(JsonObject details, string key) =>
        new(details.Where(pair => pair.Key != key).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static string Matched(TrafficView traffic, string direction) =>
        $"{Whole(traffic.Packets - traffic.PassedBy)} matched, {Whole(traffic.PassedBy)} passed by {direction}";

    private static string CounterLine(CounterView counter)
    {
        var value = Whole(counter.Value);
        return counter.IsDrop ? $"dropped {value} {counter.Unit} as {counter.Label}: {counter.Description}"
            : counter.IsTrouble ? $"{counter.Label}: {value} {counter.Unit}: {counter.Description}"
            : $"{counter.Label}: {value} {counter.Unit}";
    }
}
