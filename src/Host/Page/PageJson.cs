using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Host.Output;
using Culvert.Tools.Views;
using static Culvert.Tools.Views.Quantity;

namespace Culvert.Host.Page;

/// <summary>
/// A view as the page's script reads it: texts as they are shown, and the numbers that it draws. Contains neither the stages' details nor examples of
/// dropped packets: any user of the machine can read the page.
/// </summary>
internal static class PageJson
{
    private const int MaxProblems = 10;
    private const string Unknown = "–";

    /// <summary>Writes a view.</summary>
    /// <param name="view">The pipeline.</param>
    /// <param name="interval">How soon the script should look again.</param>
    /// <param name="history">The bits a second of the graph, the latest last.</param>
    public static JsonObject Write(PipelineView view, TimeSpan interval, IEnumerable<(double Outbound, double Inbound)> history) => new()
    {
        ["name"] = Text(Path.GetFileName(view.File ?? "pipeline")),
        ["facts"] = Text(Facts(view)),
        ["time"] = Time(view.Now, view.Now),
        ["seconds"] = view.Seconds is { } seconds ? seconds.ToString("0.0", CultureInfo.InvariantCulture) : "0",
        ["interval-ms"] = (long)interval.TotalMilliseconds,
        ["history"] = new JsonArray([.. history.Select(look => (JsonNode)new JsonArray(Math.Round(look.Outbound), Math.Round(look.Inbound)))]),
        ["problems"] = new JsonArray([.. view.Problems.Take(MaxProblems).Select(problem =>
            (JsonNode)new JsonObject { ["cause"] = Text(problem.Cause), ["remedy"] = Text(problem.Remedy) })]),
        ["more-problems"] = Math.Max(0, view.Problems.Count - MaxProblems),
        ["stages"] = new JsonArray([.. view.Stages.Select(Write)]),
        ["faults"] = new JsonArray([.. view.Faulted.Select(stage => Fault(stage, view.Now))]),
        ["peers"] = Peers(view),
        ["drops"] = new JsonArray([.. view.Stages.SelectMany(stage => stage.Drops.Select(drop => Drop(stage, drop)))]),
    };

    private static string Facts(PipelineView view)
    {
        string?[] facts = [view.File, $"process {view.Process}", $"culvert {view.Version}", view.Device is { } device ? $"device {device}" : null];
        return string.Join(", ", [.. facts.OfType<string>(), .. StatusHeader.Facts(view)]);
    }

    private static JsonNode Write(StageView stage)
    {
        var lost = stage.Outbound.Lost + stage.Inbound.Lost;
        var now = stage.Outbound.LostPerSecond + stage.Inbound.LostPerSecond;
        return new JsonObject
        {
            ["id"] = Text(stage.Id),
            ["kinds"] = Text(stage.Above == stage.Below ? stage.Below : $"{stage.Above} → {stage.Below}"),
            ["note"] = Text(Note(stage)),
            ["lost"] = lost > 0 ? $"dropped {Whole(lost)}{(now > 0 ? $", {Short(now.Value, "pps")} now" : "")}" : "",
            ["trouble"] = stage.IsBypassed || stage.Faults > 0,
            ["room"] = Text($"{stage.Above} ≤ {stage.Mtu}"),
            ["overhead"] = stage.Overhead,
            ["mtu"] = stage.Mtu,
            ["derivation"] = Text(stage.Derivation),
            ["outbound"] = Write(stage.Outbound),
            ["inbound"] = Write(stage.Inbound),
        };
    }

    private static string Note(StageView stage)
    {
        string?[] notes =
        [
            stage.Stage == stage.Id ? null : $"stage {stage.Stage}", stage.When is { } when ? $"when {when}" : null,
            stage.IsBypassed ? "bypassed after a fault" : stage.Faults > 0 ? $"threw {Count(stage.Faults, "time")}" : null,
            stage.Held > 0 ? $"holds {Count((long)stage.Held, "packet")}" : null,
        ];
        return string.Join("; ", notes.OfType<string>());
    }

    private static JsonObject Write(TrafficView traffic) => new()
    {
        ["packets"] = traffic.PacketsPerSecond is { } packets ? Short(packets, "pps") : Unknown,
        ["bits"] = traffic.BitsPerSecond is { } bits ? Short(bits, "bit/s") : Unknown,
        ["time"] = traffic.Nanoseconds is { } time ? $"{Whole(time)} ns/packet" : Unknown,
        ["pps"] = traffic.PacketsPerSecond is { } pps ? Math.Round(pps, 1) : null,
    };

    private static JsonNode Fault(StageView stage, DateTimeOffset now) => new JsonObject
    {
        ["stage"] = Text(stage.Id),
        ["time"] = stage.LastFault is null ? Unknown : Time(stage.FaultedAt, now),
        ["count"] = Whole(stage.Faults),
        ["message"] = Text(stage.LastFault ?? ""),
    };

    private static JsonObject? Peers(PipelineView view)
    {
        PeerView[] all = [.. view.Stages.SelectMany(stage => stage.Peers?.All ?? [])];
        if (all.Length == 0)
        {
            return null;
        }

        var peers = new PeersView(all);
        var shown = peers.Top;
        return new JsonObject
        {
            ["sum"] = Text(peers.Sum),
            ["shown"] = new JsonArray([.. shown.Select(Peer)]),
            ["more"] = shown.Count == all.Length ? "" : $"{Whole(all.Length - shown.Count)} more: culvert top, or culvert status --peers all",
        };
    }

    private static JsonNode Peer(PeerView peer) => new JsonObject
    {
        ["name"] = Text(peer.Name),
        ["state"] = Text(peer.State),
        ["level"] = peer.State == "up" ? "good" : peer.Trouble switch { 2 => "bad", 1 => "warn", _ => "soft" },
        ["handshake"] = PeersText.Handshake(peer),
        ["received"] = Size(peer.Received),
        ["received-rate"] = BitRate(peer.ReceivedPerSecond),
        ["sent"] = Size(peer.Sent),
        ["sent-rate"] = BitRate(peer.SentPerSecond),
        ["path-mtu"] = peer.PathMtu is { } mtu ? Whole(mtu) : Unknown,
        ["endpoint"] = Text(peer.Endpoint ?? "none"),
    };

    private static JsonNode Drop(StageView stage, CounterView drop) => new JsonObject
    {
        ["stage"] = Text(stage.Id),
        ["reason"] = Text(drop.Label),
        ["count"] = Whole(drop.Value),
        ["rate"] = drop.PerSecond is { } rate ? Short(rate, "pps") : Unknown,
        ["meaning"] = Text(drop.Description),
    };

    private static string BitRate(double? bytes) => bytes is { } rate ? Short(rate * 8, "bit/s") : Unknown;

    // What a file, a peer or a stage wrote: without characters that hide or reorder others.
    private static string Text(string text) => VisibleText.EscapeLine(text);
}
