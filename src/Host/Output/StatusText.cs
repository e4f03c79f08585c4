using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Engine.Diagnostics;

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
    public static string Render(JsonObject status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var stages = status["stages"]!.AsArray().Select(stage => stage!.AsObject()).ToArray();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"up {Duration(Number(status["uptime-seconds"]))}, MTU {status["mtu"]}");
        text.Append(CultureInfo.InvariantCulture, $", {Count((long)Number(status["lanes"]), "lane")}");
        if (Number(status["leases-in-use"]) is > 0 and var leases)
        {
            text.Append(CultureInfo.InvariantCulture, $", {Whole(leases)} of {Whole(Number(status["lease-capacity"]))} leases in use");
        }

        if (status["sandbox"] is JsonObject sandbox)
        {
            var kept = sandbox["capabilities"]!.AsArray();
            text.Append(CultureInfo.InvariantCulture, $", sandbox with {(kept.Count == 0 ? "no capability" : string.Join(", ", kept))}");
        }

        text.AppendLine().AppendLine();
        AppendTraffic(text, stages);
        foreach (var stage in stages)
        {
            AppendStage(text, stage);
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

    private static void AppendStage(StringBuilder text, JsonObject stage)
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
            AppendDetails(lines, details, "");
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

    private static string Matched(JsonNode traffic, string direction)
    {
        var passedBy = Number(traffic["passed-by"]);
        return $"{Whole(Number(traffic["packets-in"]) - passedBy)} matched, {Whole(passedBy)} passed by {direction}";
    }

    private static double Taken(JsonObject stage) => Number(stage["outbound"]!["taken"]) + Number(stage["inbound"]!["taken"]);

    private static string CounterLine(JsonNode counter)
    {
        var value = Whole(Number(counter["value"]));
        return counter["drop"]!.GetValue<bool>()
            ? $"dropped {value} {counter["unit"]} as {CounterName(counter)}: {counter["description"]}"
            : $"{CounterName(counter)}: {value} {counter["unit"]}";
    }

    private static string CounterName(JsonNode counter)
    {
        var tags = counter["tags"]!.AsObject();
        return tags.Count == 0
            ? counter["name"]!.ToString()
            : $"{counter["name"]} ({string.Join(", ", tags.Select(tag => tag.Value!.ToString()))})";
    }

    private static double Number(JsonNode? node) => node is null ? 0 : double.Parse(node.ToString(), CultureInfo.InvariantCulture);

    private static string Whole(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Count(long number, string noun) => $"{Whole(number)} {noun}{(number == 1 ? "" : "s")}";

    private static string Size(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var unit = 0;
        while (bytes >= 1000 && unit < units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    private static string Duration(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Floor(seconds));
        return span.TotalDays >= 1 ? $"{(int)span.TotalDays} d {span:hh\\:mm\\:ss}" : span.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);
    }
}
