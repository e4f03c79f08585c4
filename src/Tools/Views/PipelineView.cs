using System.Text.Json.Nodes;
using Culvert.Engine.Control;

namespace Culvert.Tools.Views;

/// <summary>
/// A running pipeline as it is shown: <c>culvert status</c>, <c>culvert top</c> and the page render this. Read from a status, rates from two. Immutable.
/// </summary>
internal sealed record PipelineView
{
    // Two statuses this far apart say nothing of now.
    private const double LongestGap = 3600;

    private static readonly JsonObject _nothing = [];

    /// <summary>The pipeline's file; null in a status that was not asked over the control socket.</summary>
    public string? File { get; init; }

    /// <summary>The process id; 0 where the status has none.</summary>
    public int Process { get; init; }

    /// <summary>The program's version; null where the status has none.</summary>
    public string? Version { get; init; }

    /// <summary>When the status was written, in the zone of the pipeline's machine.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Seconds since the start.</summary>
    public double Uptime { get; init; }

    /// <summary>The seconds that the rates are means of; null where there are no rates.</summary>
    public double? Seconds { get; init; }

    /// <summary>The largest packet inside the tunnel, in bytes.</summary>
    public long Mtu { get; init; }

    /// <summary>Queue pairs.</summary>
    public long Lanes { get; init; }

    /// <summary>Packets that stages hold or have under way.</summary>
    public double Leases { get; init; }

    /// <summary>The most that <see cref="Leases"/> can be.</summary>
    public double LeaseCapacity { get; init; }

    /// <summary>The capabilities that the sandbox kept; null when it is off.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>From the host's side to the network's side.</summary>
    public IReadOnlyList<StageView> Stages { get; init; } = [];

    /// <summary>What keeps the pipeline from its work now.</summary>
    public IReadOnlyList<ProblemView> Problems { get; init; } = [];

    /// <summary>The findings of the inspection; null when it is off.</summary>
    public JsonObject? Inspection { get; init; }

    /// <summary>The name of the host endpoint's device; null where it has none.</summary>
    public string? Device => Stages.Select(stage => stage.Details?["device"]).FirstOrDefault(device => device is JsonValue)?.ToString();

    /// <summary>When the pipeline was started.</summary>
    public DateTimeOffset Since => Now - TimeSpan.FromSeconds(Uptime);

    /// <summary>The stages that threw, the latest first.</summary>
    public IEnumerable<StageView> Faulted => Stages.Where(stage => stage.Faults > 0).OrderByDescending(stage => stage.FaultedAt);

    /// <summary>The same without the JSON that it was read from: enough to compare with, and small.</summary>
    public PipelineView WithoutSources() => this with
    {
        Inspection = null,
        Stages = [.. Stages.Select(stage => stage with
        {
            Details = null,
            Peers = stage.Peers is { } peers ? new PeersView([.. peers.All.Select(peer => peer with { Source = _nothing })]) : null,
        })],
    };

    /// <summary>Reads a status.</summary>
    /// <param name="status">As <see cref="StatusJson"/> writes it.</param>
    /// <param name="before">An earlier view of the same pipeline, for rates; null for none.</param>
    public static PipelineView Read(JsonObject status, PipelineView? before = null)
    {
        ArgumentNullException.ThrowIfNull(status);
        var uptime = Quantity.Number(status["uptime-seconds"]);
        var process = (int)Quantity.Number(status["process"]);
        var seconds = uptime - before?.Uptime;
        if (seconds is not (> 0 and < LongestGap) || before!.Process != process)
        {
            (before, seconds) = (null, null);
        }

        return new PipelineView
        {
            File = status["file"]?.ToString(),
            Process = process,
            Version = status["version"]?.ToString(),
            Now = Quantity.Now(status),
            Uptime = uptime,
            Seconds = seconds,
            Mtu = (long)Quantity.Number(status["mtu"]),
            Lanes = (long)Quantity.Number(status["lanes"]),
            Leases = Quantity.Number(status["leases-in-use"]),
            LeaseCapacity = Quantity.Number(status["lease-capacity"]),
            Capabilities = status["sandbox"] is JsonObject sandbox ? [.. sandbox["capabilities"]!.AsArray().Select(one => one!.ToString())] : null,
            Stages = [.. status["stages"]!.AsArray().Select(stage => StageView.Read(stage!.AsObject(), before, seconds))],
            Inspection = status["inspection"] as JsonObject,
        };
    }
}
