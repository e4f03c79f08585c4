using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Running;
using Culvert.Host.Output;

namespace Culvert.Host.Run;

/// <summary>The result of a reload or a check, for the log and for whoever asked over the control socket.</summary>
/// <param name="Outcome">One of the constants below.</param>
/// <param name="Diagnostics">What reading the file reported.</param>
internal sealed record ReloadReport(string Outcome, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>The file is valid; nothing was changed, as only that was asked.</summary>
    public const string Valid = "valid";

    /// <summary>The new chain runs.</summary>
    public const string Applied = "applied";

    /// <summary>Endpoints or shared settings changed: everything was closed and opened again.</summary>
    public const string Reopened = "reopened";

    /// <summary>The file has errors; the old chain runs.</summary>
    public const string Refused = "refused";

    /// <summary>The file is valid, but the new chain did not start; the old one runs, or nothing.</summary>
    public const string Failed = "failed";

    /// <summary>The stages that were kept, changed, added and removed; null unless applied.</summary>
    public ReloadResult? Stages { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The remedy for <see cref="Reason"/>.</summary>
    public string? Remedy { get; init; }

    /// <summary>The answer on the control socket.</summary>
    public JsonObject ToJson() => new()
    {
        ["outcome"] = Outcome,
        ["diagnostics"] = DiagnosticOutput.ToJson(Diagnostics),
        ["lines"] = new JsonArray([.. Diagnostics.Select(diagnostic => (JsonNode)diagnostic.ToString())]),
        ["kept"] = Ids(Stages?.Kept),
        ["changed"] = Ids(Stages?.Changed),
        ["added"] = Ids(Stages?.Added),
        ["removed"] = Ids(Stages?.Removed),
        ["reason"] = Reason,
        ["remedy"] = Remedy,
    };

    /// <summary>The report as a field of the log.</summary>
    public JsonObject ToLog()
    {
        var report = ToJson();
        report.Remove("lines");
        return report;
    }

    private static JsonArray? Ids(IReadOnlyList<string>? ids) => ids is null ? null : new([.. ids.Select(id => (JsonNode)id)]);
}
