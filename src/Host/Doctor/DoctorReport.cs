using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor;

/// <summary>The output of <c>culvert doctor</c>.</summary>
internal static class DoctorReport
{
    public static void Write(Site site, IReadOnlyList<Finding> findings, Examination examination, TextWriter output)
    {
        var running = site.Status is { } status ? $"process {status["process"]} runs it" : "no running pipeline answers";
        output.WriteLine(VisibleText.EscapeLine($"{site.Path}: {running}; culvert {ProductVersion.Number}, {RuntimeInformation.OSDescription}"));
        if (site.File?.PublicKey() is { } key)
        {
            output.WriteLine($"this end's public key: {key}");
        }

        output.WriteLine();
        FindingOutput.Write(findings, output);
        foreach (var (check, reason) in examination.NotChecked)
        {
            output.WriteLine(VisibleText.EscapeLine($"{check}: not checked: {reason}"));
        }

        var words = findings.Count switch { 0 => "nothing found", 1 => "1 problem found", _ => $"{findings.Count} problems found" };
        output.WriteLine($"{examination.Checks - examination.NotChecked.Count} of {examination.Checks} checks: {words}");
    }

    public static JsonObject ToJson(Site site, IReadOnlyList<Finding> findings, Examination examination) => new()
    {
        ["file"] = site.Path,
        ["process"] = site.Status?["process"]?.DeepClone(),
        ["version"] = ProductVersion.Number,
        ["system"] = RuntimeInformation.OSDescription,
        ["public-key"] = site.File?.PublicKey(),
        ["findings"] = FindingOutput.ToJson(findings),
        ["not-checked"] = new JsonArray([.. examination.NotChecked.Select(one => (JsonNode)new JsonObject { ["check"] = one.Check, ["reason"] = one.Reason })]),
        ["checks"] = examination.Checks,
    };
}
