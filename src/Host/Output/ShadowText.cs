using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Engine.Planning;
using static Culvert.Tools.Views.Quantity;

namespace Culvert.Host.Output;

/// <summary>The human-readable status of a candidate: one line for it, two for each kind of difference.</summary>
internal static class ShadowText
{
    /// <summary>The lines.</summary>
    /// <param name="shadow">The status, as <see cref="ShadowJson"/> writes it.</param>
    public static IEnumerable<string> Lines(JsonObject shadow)
    {
        var time = shadow["ns-per-packet"] is { } value ? $", {Number(value).ToString("0", CultureInfo.InvariantCulture)} ns a packet" : "";
        yield return $"shadow {Name(shadow["stage"]!.ToString(), shadow["plugin"]?.ToString(), Number(shadow["sample"]))}: "
            + $"{Whole(Number(shadow["compared"]))} compared, {Whole(Number(shadow["different"]))} differ{Extras(shadow)}{time}";
        if (shadow["off-reason"] is { } reason)
        {
            yield return $"  switched off: {reason}";
        }

        foreach (var difference in shadow["differences"]!.AsArray())
        {
            yield return $"  {Whole(Number(difference!["packets"]))}  {difference["kind"]}";
            var changes = difference["changes"]!.ToString();
            yield return $"      first: {difference["direction"]}, {difference["packet"]}{(changes.Length == 0 ? "" : $": {changes}")}";
        }
    }

    /// <summary>The candidate in a plan: <c>old-clamp of the plugin OldClamp, sample 0.1</c>.</summary>
    public static string Name(ShadowEntry shadow) => Name(shadow.Candidate.Type.Name, shadow.Plugin, shadow.Sample);

    private static string Name(string stage, string? plugin, double sample) =>
        string.Create(CultureInfo.InvariantCulture, $"{stage}{(plugin is null ? "" : $" of the plugin {plugin}")}, sample {sample:0.####}");

    private static string Extras(JsonObject shadow)
    {
        var skipped = shadow["skipped"]!;
        (double Count, string Words)[] all =
        [
            (Number(skipped["behind"]), "skipped behind"),
            (Number(skipped["over-budget"]), "skipped over budget"),
            (Number(skipped["too-long"]), "skipped too long"),
            (Number(shadow["faults"]), "faults"),
            (Number(shadow["emitted"]), "emitted, not sent"),
        ];
        return string.Concat(all.Where(one => one.Count != 0).Select(one => $", {Whole(one.Count)} {one.Words}"));
    }
}
