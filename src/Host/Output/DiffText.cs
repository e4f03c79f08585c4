using System.Globalization;
using Culvert.Tools.Diffs;

namespace Culvert.Host.Output;

/// <summary>The human-readable result of a comparison of two pipelines.</summary>
internal static class DiffText
{
    private const int ShownFlows = 5;

    public static void Write(DiffReport report, TextWriter output)
    {
        foreach (var group in report.Groups)
        {
            output.WriteLine($"{(group.Stage.Length == 0 ? "no stage" : group.Stage)}: {group.Kind}: {Packets(group.Packets)}");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  packet {group.First}: {group.Example}"));
            if (group.Changes.Length > 0)
            {
                output.WriteLine($"    {group.Changes}");
            }

            foreach (var (flow, count) in group.Flows.Take(ShownFlows))
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,8}  {flow}"));
            }

            if (group.Flows.Skip(ShownFlows).Sum(flow => flow.Value) + group.OtherFlows is > 0 and var others)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {others,8}  of other flows"));
            }

            output.WriteLine();
        }

        WriteCounters(report, output);
        WriteFailure(output, "old", report.OldFailure);
        WriteFailure(output, "new", report.NewFailure);
        if (report.Ungrouped > 0)
        {
            output.WriteLine($"{Packets(report.Ungrouped)} differ in further ways");
        }

        var notIp = report.NotIp == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {report.NotIp} frames without one");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{report.Compared} IP packets compared{notIp}: {report.Different} differ, {report.Counters.Count} counters differ"));
    }

    private static void WriteCounters(DiffReport report, TextWriter output)
    {
        if (report.Counters.Count == 0)
        {
            return;
        }

        var table = new TextTable("counter", " old", " new");
        foreach (var counter in report.Counters)
        {
            table.Add($"{counter.Stage}: {counter.Name}", Number(counter.Old), Number(counter.New));
        }

        table.Write(output);
        output.WriteLine();
    }

    private static void WriteFailure(TextWriter output, string which, string? failure)
    {
        if (failure is not null)
        {
            output.WriteLine($"the {which} pipeline ended: {failure}");
        }
    }

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private static string Packets(long count) => count == 1 ? "1 packet" : string.Create(CultureInfo.InvariantCulture, $"{count} packets");
}
