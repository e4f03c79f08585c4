using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor;

/// <summary>Findings as text and as JSON.</summary>
internal static class FindingOutput
{
    /// <summary>Two lines each: what is wrong, and what to do.</summary>
    public static void Write(IEnumerable<Finding> findings, TextWriter output)
    {
        foreach (var finding in findings)
        {
            var place = finding.Position is { } position ? $"{position}: " : "";
            output.WriteLine(VisibleText.EscapeLine($"{finding.Check}: {place}{finding.Cause}"));
            output.WriteLine(VisibleText.EscapeLine($"  → {finding.Remedy}"));
        }
    }

    /// <summary>An object each.</summary>
    public static JsonArray ToJson(IEnumerable<Finding> findings) => new([.. findings.Select(finding => (JsonNode)new JsonObject
    {
        ["check"] = finding.Check,
        ["file"] = finding.Position?.ShownFile,
        ["line"] = finding.Position?.Line,
        ["cause"] = finding.Cause,
        ["remedy"] = finding.Remedy,
    })]);
}
