using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Output;

/// <summary>The output of diagnostics, the same in every command.</summary>
internal static class DiagnosticOutput
{
    /// <summary>One line each; with a priority where standard error is the journal.</summary>
    /// <param name="error">Standard error: diagnostics are no data.</param>
    /// <param name="diagnostics">In the order to be shown.</param>
    public static void Write(TextWriter error, IEnumerable<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            var prefix = JournalStream.IsStandardError ? JournalStream.Prefix(diagnostic.IsError ? LogLevel.Error : LogLevel.Warning) : "";
            error.WriteLine($"{prefix}{diagnostic}");
        }
    }

    /// <summary>One object each.</summary>
    public static JsonArray ToJson(IEnumerable<Diagnostic> diagnostics) =>
        new([.. diagnostics.Select(ToJson)]);

    private static JsonNode ToJson(Diagnostic diagnostic) => new JsonObject
    {
        ["code"] = diagnostic.Code.Id,
        ["severity"] = diagnostic.IsError ? "error" : "warning",
        ["file"] = diagnostic.Position.ShownFile,
        ["line"] = diagnostic.Position.Line,
        ["column"] = diagnostic.Position.Column,
        ["message"] = diagnostic.Message,
        ["remedy"] = diagnostic.Remedy,
    };
}
