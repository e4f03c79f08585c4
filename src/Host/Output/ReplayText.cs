using System.Globalization;
using System.Text;
using Culvert.Engine.Control;
using Culvert.Engine.Inspection;
using Culvert.Packets;
using Culvert.Tools.Captures;
using Culvert.Tools.Replay;

namespace Culvert.Host.Output;

/// <summary>The human-readable report of a replay.</summary>
internal static class ReplayText
{
    public static void Write(ReplayReport report, ReplayRequest request, TextWriter output)
    {
        var target = request.Output is null ? "came out" : $"written to {request.Output}";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Input}: {report.Read} frames read, {report.Written} {target}, {DirectionWord.Of(report.Direction)}"));
        WriteRemarks(report, output);
        output.WriteLine();
        WriteStages(report.Stages, output);
        if (report.Inspection is { Checksums.Count: > 0 } inspection)
        {
            var text = new StringBuilder();
            InspectionText.Append(text, StatusJson.Write(inspection));
            output.WriteLine();
            output.Write(text);
        }
    }

    /// <summary>The table of the stages, and behind it what each one changed, dropped and counted.</summary>
    public static void WriteStages(IReadOnlyList<StageTally> stages, TextWriter output)
    {
        if (stages.Count == 0)
        {
            output.WriteLine("no stage in this file takes IP packets");
            return;
        }

        var table = new TextTable("stage", " in", " passed", " changed", " dropped");
        foreach (var stage in stages)
        {
            table.Add(
                stage.Id, Number(stage.In), Number(stage.Passed), Number(stage.Changed), Number(stage.Drops.Sum(drop => drop.Value)));
        }

        table.Write(output);
        foreach (var stage in stages)
        {
            WriteStage(stage, output);
        }
    }

    /// <summary>What the capture shows that never was on the wire.</summary>
    public static void WriteFindings(TextWriter output, CaptureFindings findings)
    {
        Remark(output, findings.UnknownLinks, $"of a link type that is not supported ({findings.FirstUnknownLink:D}); {LinkLayer.Remedy}");
        Remark(output, findings.Unsegmented, "captured before segmentation: the IP length is 0, and no stage can read them; capture where packets arrive");
        Remark(output, findings.PartialChecksums, "captured before checksum offload: the sender's card completes the checksum; capture where packets arrive");
    }

    private static void WriteRemarks(ReplayReport report, TextWriter output)
    {
        Remark(output, report.NotIp, "without an IP packet, copied as they were");
        Remark(output, report.Cut, "cut by the capture's snap length; checksums over what is missing cannot be judged");
        Remark(output, report.OverMtu, $"larger than the MTU of {Number(report.Mtu)}, which a device would not have handed over");
        WriteFindings(output, report.Findings);
        Remark(output, report.SentBack, "made by stages and sent the other way; not written");
        WriteFailure(output, report.Failure);
    }

    /// <summary>Writes why the pipeline ended, if it did.</summary>
    public static void WriteFailure(TextWriter output, string? failure)
    {
        if (failure is not null)
        {
            output.WriteLine($"  the pipeline ended: {failure}");
        }
    }

    /// <summary>A line about some of the frames, when there were any.</summary>
    public static void Remark(TextWriter output, long count, string words)
    {
        if (count > 0)
        {
            output.WriteLine($"  {Number(count)} {words}");
        }
    }

    private static void WriteStage(StageTally stage, TextWriter output)
    {
        List<string> lines = [];
        if (stage.When is { } when)
        {
            lines.Add($"when {when}: {Number(stage.In - stage.PassedBy)} matched, {Number(stage.PassedBy)} passed by");
        }

        if (stage.Shadow is { } shadow)
        {
            lines.AddRange(ShadowText.Lines(ShadowJson.Write(shadow)!));
        }

        lines.AddRange(stage.ChangedFields.Select(field => $"changed {field.Key}: {Number(field.Value)}"));
        lines.AddRange(stage.Drops.Select(drop => $"dropped as {drop.Key}: {Number(drop.Value)}"));
        Add(lines, stage.MadeBad, "with a right checksum before it and a wrong one behind it: this stage is broken");
        Add(lines, stage.Taken, "kept by the stage");
        Add(lines, stage.Faulted, "lost because the stage threw");
        Add(lines, stage.Emitted, "made by the stage");
        lines.AddRange(stage.Counters.Where(counter => counter.Value != 0 && !stage.Drops.Any(drop => drop.Key == CounterName.Of(counter)))
            .Select(counter => $"{CounterName.Of(counter)}: {Number(counter.Value)} {counter.Unit}"));
        if (stage.Details is { } details)
        {
            DetailText.Append(lines, details, "");
        }

        if (lines.Count > 0)
        {
            output.WriteLine();
            output.WriteLine(stage.Id);
            lines.ForEach(line => output.WriteLine("  " + line));
        }
    }

    private static void Add(List<string> lines, long count, string words)
    {
        if (count > 0)
        {
            lines.Add($"{Number(count)} {words}");
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The command line of <c>culvert replay</c>.</summary>
/// <param name="Input">The capture.</param>
/// <param name="Output">Where what comes out goes; null for nowhere.</param>
/// <param name="Direction">Which way, when it is not a twin replay.</param>
/// <param name="Format">How the report is written.</param>
/// <param name="Twin">The link of a twin replay; null for one site alone.</param>
/// <param name="File">The pipeline file.</param>
internal sealed record ReplayRequest(string Input, string? Output, Direction Direction, OutputFormat Format, TwinConditions? Twin, string File);
