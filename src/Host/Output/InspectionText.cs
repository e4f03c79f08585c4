using System.Globalization;
using System.Text.Json.Nodes;
using System.Text;

namespace Culvert.Host.Output;

/// <summary>The human-readable inspection report: a line for each protocol and direction, then the stages to blame.</summary>
internal static class InspectionText
{
    private static readonly string[] _counts =
        ["judged", "valid", "arrived-bad", "made-bad", "repaired", "dropped", "none-carried", "cannot-be-judged"];

    /// <summary>Appends the report.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="inspection">The key <c>inspection</c> of a status.</param>
    public static void Append(StringBuilder text, JsonObject inspection)
    {
        var every = inspection["every"]!.ToString();
        var share = every == "1" ? "every one" : "one of " + every;
        text.AppendLine(CultureInfo.InvariantCulture, $"inspection: {inspection["sampled"]} packets looked at, {share}");
        var table = new TextTable(["direction", "checksum", .. _counts.Select(count => " " + count.Replace('-', ' '))]);
        foreach (var totals in inspection["checksums"]!.AsArray())
        {
            table.Add([
                totals!["direction"]!.ToString(), totals["protocol"]!.ToString(), .. _counts.Select(count => totals[count]!.ToString())]);
        }

        using var lines = new StringWriter(text);
        table.Write(lines);
        foreach (var blame in inspection["blames"]!.AsArray())
        {
            AppendBlame(text, blame!);
        }
    }

    private static void AppendBlame(StringBuilder text, JsonNode blame)
    {
        var deed = blame["deed"]!.ToString() switch
        {
            "made-bad" => $"broke the {blame["what"]} checksum of",
            "repaired" => $"repaired the {blame["what"]} checksum of",
            _ => $"changed {blame["what"]}, which it does not declare, in",
        };
        var values = blame["found"] is { } found ? $"; found {found}, wanted {blame["wanted"]}" : "";
        text.AppendLine(CultureInfo.InvariantCulture,
            $"'{blame["stage"]}' {deed} {blame["count"]} packets {blame["direction"]}, the first at {blame["first"]}:");
        text.AppendLine(CultureInfo.InvariantCulture, $"  {blame["example"]}{values}");
    }
}
