using System.Globalization;
using Culvert.Engine.Diagnostics;
using Culvert.Tools.Views;
using static Culvert.Tools.Views.Quantity;

namespace Culvert.Host.Output;

/// <summary>The first lines of a status: which pipeline this is, since when it runs, and what it has.</summary>
internal static class StatusHeader
{
    public static void Write(PipelineView view, TextWriter output)
    {
        if (view.File is { } file)
        {
            var since = view.Since.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
            var version = view.Version is { } known ? $", culvert {known}" : "";
            var device = view.Device is { } name ? $", device {name}" : "";
            output.WriteLine(VisibleText.EscapeLine($"{file}: process {view.Process}{version}{device}, up since {since}"));
        }

        output.WriteLine(VisibleText.EscapeLine(string.Join(", ", Facts(view))));
        output.WriteLine();
    }

    /// <summary>What a pipeline has, each in a few words.</summary>
    public static IEnumerable<string> Facts(PipelineView view)
    {
        yield return $"up {Duration(view.Uptime)}";
        yield return $"MTU {view.Mtu}";
        yield return Count(view.Lanes, "lane");
        if (view.Leases > 0)
        {
            yield return $"{Whole(view.Leases)} of {Whole(view.LeaseCapacity)} leases in use";
        }

        if (view.Capabilities is { } kept)
        {
            yield return $"sandbox with {(kept.Count == 0 ? "no capability" : string.Join(", ", kept))}";
        }
    }
}
