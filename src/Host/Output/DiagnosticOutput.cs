using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Output;

/// <summary>The output of diagnostics, the same in every command.</summary>
internal static class DiagnosticOutput
{
    /// <summary>One line each.</summary>
    /// <param name="error">Standard error: diagnostics are no data.</param>
    /// <param name="diagnostics">In the order to be shown.</param>
    public static void Write(TextWriter error, IEnumerable<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            error.WriteLine(diagnostic);
        }
    }

    /// <summary>One object each.</summary>
    public static JsonArray ToJson(IEnumerable<Diagnostic> diagnostics) =>
        new([.. diagnostics.Select(ToJson)]);

    private static JsonNode ToJson(Diagnostic diagnostic) => new JsonObject
    {
        ["code"] = diagnostic.Code.Id,
        ["severity"] = diagnostic.IsError ? "error" : "warning",
        ["file"] = diagnostic.Position.File,
        ["line"] = diagnostic.Position.Line,
        ["column"] = diagnostic.Position.Column,
        ["message"] = diagnostic.Message,
        ["remedy"] = diagnostic.Remedy,
    };
}
