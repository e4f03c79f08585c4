using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Engine.Diagnostics;
using static Culvert.Host.Output.Quantity;

namespace Culvert.Host.Output;

/// <summary>
/// A pipeline's human-readable status: a line for each stage with both directions, then each stage's counters and details. Used by
/// <c>culvert status</c>, <c>culvert top</c> and the report at the end of a run.
/// </summary>
internal static class StatusText
{
    private const string Indent = "  ";

    /// <summary>Renders a status.</summary>
    /// <param name="status">The status, as <see cref="StatusJson"/> writes it: what comes over the control socket has this form too.</param>
    public static string Render(JsonObject status) => Render(status, new ShownPeers());

    /// <summary>Renders a status.</summary>
    /// <param name="status">The status, as <see cref="StatusJson"/> writes it: what comes over the control socket has this form too.</param>
    /// <param name="shown">Which peers to show.</param>
    public static string Render(JsonObject status, ShownPeers shown)
    {
        ArgumentNullException.ThrowIfNull(status);
        var stages = status["stages"]!.AsArray().Select(stage => stage!.AsObject()).ToArray();
        var text = new StringBuilder();
        using (var header = new StringWriter(text))
        {
            StatusHeader.Write(status, header);
        }

        var peers = new PeersText(status, shown);
        AppendTraffic(text, stages);
        foreach (var stage in stages)
        {
            AppendStage(text, stage, peers);
        }

        if (status["inspection"] is JsonObject inspection)
        {
            text.AppendLine();
            InspectionText.Append(text, inspection);
        }

        return text.ToString();
    }

    private static void AppendTraffic(StringBuilder text, IReadOnlyList<JsonObject> stages)
    {
        var table = new TextTable(
            "stage", " out: packets", " bytes", " dropped", " ns/packet", " in: packets", " bytes", " dropped", " ns/packet");
        foreach (var stage in stages)
        {
            table.Add([stage["id"]!.ToString(), .. TrafficCells(stage["outbound"]!), .. TrafficCells(stage["inbound"]!)]);
        }

        using var lines = new StringWriter(text);
        table.Write(lines);
    }

    private static string[] TrafficCells(JsonNode traffic)
    {
        var dropped = Number(traffic["dropped"]) + Number(traffic["faulted"]) + Number(traffic["discarded"]);
        var time = traffic["ns-per-packet"] is { } value ? Number(value).ToString("0", CultureInfo.InvariantCulture) : "-";
        return [Whole(Number(traffic["packets-in"])), Size(Number(traffic["bytes-in"])), Whole(dropped), time];
    }

    private static void AppendStage(StringBuilder text, JsonObject stage, PeersText peers)
    {
        var lines = new List<string>();
        if (stage["bypassed"]!.GetValue<bool>())
        {
            lines.Add("bypassed after a fault");
        }

        if (stage["when"] is { } when)
        {
            lines.Add($"when {when}: {Matched(stage["outbound"]!, "outbound")}; {Matched(stage["inbound"]!, "inbound")}");
        }

        if (stage["shadow"] is JsonObject shadow)
        {
            lines.AddRange(ShadowText.Lines(shadow));
        }

        if (Number(stage["faults"]) is > 0 and var faults)
        {
            lines.Add($"{Count((long)faults, "fault")}: the stage threw");
        }

        if (Number(stage["held"]) + Number(stage["rented"]) + Taken(stage) is not 0)
        {
            lines.Add($"leases: {Whole(Number(stage["held"]))} held, of {Whole(Taken(stage))} taken and {Whole(Number(stage["rented"]))} rented");
        }

        lines.AddRange(stage["counters"]!.AsArray().Where(counter => Number(counter!["value"]) != 0).Select(counter => CounterLine(counter!)));
        if (stage["details"] is JsonObject details)
        {
            var isTunnel = details["peers"] is JsonArray { Count: > 0 };
            AppendDetails(lines, isTunnel ? Without(details, "peers") : details, "");
            lines.AddRange(isTunnel ? peers.Lines(details["peers"]!.AsArray()) : []);
        }

        if (lines.Count != 0)
        {
            text.AppendLine().AppendLine(stage["id"]!.ToString());
            // A line feed in what a stage or a peer tells does not begin a line.
            lines.ForEach(line => text.AppendLine(Indent + VisibleText.EscapeLine(line)));
        }
    }

    /// <summary>The details of a stage beside its counters, one line each.</summary>
    internal static void AppendDetails(List<string> lines, JsonObject details, string indent)
    {
        foreach (var (key, value) in details)
        {
            switch (value)
            {
                case JsonObject inner:
                    lines.Add($"{indent}{key}:");
                    AppendDetails(lines, inner, indent + Indent);
                    break;
                case JsonArray list when list.Any(item => item is JsonObject):
                    foreach (var item in list.OfType<JsonObject>())
                    {
                        lines.Add($"{indent}{key}:");
                        AppendDetails(lines, item, indent + Indent);
                    }

                    break;
                case JsonArray list:
                    lines.Add($"{indent}{key}: {string.Join(", ", list.Select(item => item?.ToString() ?? "none"))}");
                    break;
                default:
                    lines.Add($"{indent}{key}: {value?.ToString() ?? "none"}");
                    break;
            }
        }
    }

    private static JsonObject Without(JsonObject details, string key) =>
        new(details.Where(pair => pair.Key != key).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static string Matched(JsonNode traffic, string direction)
    {
        var passedBy = Number(traffic["passed-by"]);
        return $"{Whole(Number(traffic["packets-in"]) - passedBy)} matched, {Whole(passedBy)} passed by {direction}";
    }

    private static double Taken(JsonObject stage) => Number(stage["outbound"]!["taken"]) + Number(stage["inbound"]!["taken"]);

    private static string CounterLine(JsonNode counter)
    {
        var value = Whole(Number(counter["value"]));
        return counter["drop"]!.GetValue<bool>() ? $"dropped {value} {counter["unit"]} as {CounterName(counter)}: {counter["description"]}"
            : IsTrouble(counter) ? $"{CounterName(counter)}: {value} {counter["unit"]}: {counter["description"]}"
            : $"{CounterName(counter)}: {value} {counter["unit"]}";
    }

    /// <summary>Whether a counter counts what was refused or failed: its sentence belongs beside it.</summary>
    internal static bool IsTrouble(JsonNode counter) =>
        (string?)counter["unit"] == "errors" || (counter["tags"] as JsonObject)?.ContainsKey("reason") == true;

    internal static string CounterName(JsonNode counter)
    {
        var tags = counter["tags"]!.AsObject();
        return tags.Count == 0
            ? counter["name"]!.ToString()
            : $"{counter["name"]} ({string.Join(", ", tags.Select(tag => tag.Value!.ToString()))})";
    }
}
