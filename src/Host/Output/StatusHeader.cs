using System.Globalization;
using System.Text.Json.Nodes;

namespace Culvert.Host.Output;

/// <summary>The first lines of a status: which pipeline this is, since when it runs, and what it has.</summary>
internal static class StatusHeader
{
    public static void Write(JsonObject status, TextWriter output)
    {
        var uptime = Quantity.Number(status["uptime-seconds"]);
        if (status["file"] is { } file)
        {
            var since = (Quantity.Now(status) - TimeSpan.FromSeconds(uptime)).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
            var version = status["version"] is { } known ? $", culvert {known}" : "";
            var device = Device(status) is { } name ? $", device {name}" : "";
            output.WriteLine(Line($"{file}: process {status["process"]}{version}{device}, up since {since}"));
        }

        var words = new List<string> { $"up {Quantity.Duration(uptime)}", $"MTU {status["mtu"]}", Quantity.Count((long)Quantity.Number(status["lanes"]), "lane") };
        if (Quantity.Number(status["leases-in-use"]) is > 0 and var leases)
        {
            words.Add($"{Quantity.Whole(leases)} of {Quantity.Whole(Quantity.Number(status["lease-capacity"]))} leases in use");
        }

        if (status["sandbox"] is JsonObject sandbox)
        {
            var kept = sandbox["capabilities"]!.AsArray();
            words.Add($"sandbox with {(kept.Count == 0 ? "no capability" : string.Join(", ", kept))}");
        }

        output.WriteLine(Line(string.Join(", ", words)));
        output.WriteLine();
    }

    /// <summary>The name of the host endpoint's device; null where it has none.</summary>
    public static string? Device(JsonObject status) => status["stages"]?.AsArray().Select(stage => (stage!["details"] as JsonObject)?["device"])
        .FirstOrDefault(device => device is JsonValue)?.ToString();

    private static string Line(string text) => Engine.Diagnostics.VisibleText.EscapeLine(text);
}
