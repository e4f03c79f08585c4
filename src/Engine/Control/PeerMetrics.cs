using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Engine.Running;

namespace Culvert.Engine.Control;

/// <summary>
/// The metrics of peers, under the names and labels of prometheus_wireguard_exporter where it has one, so that existing dashboards work. A
/// stage has peers when its status details have an array <c>peers</c>; the keys are those of docs/reference/status.md.
/// </summary>
internal static class PeerMetrics
{
    private delegate double? Reading(JsonObject peer);

    private static readonly (string Name, string Type, string Help, Reading Read)[] _perPeer =
    [
        ("wireguard_sent_bytes_total", "counter", "Bytes sent to the peer, encrypted.", peer => Number(peer, "sent-bytes")),
        ("wireguard_received_bytes_total", "counter", "Bytes received from the peer, encrypted.", peer => Number(peer, "received-bytes")),
        ("wireguard_latest_handshake_seconds", "gauge", "When the latest handshake completed, since the Unix epoch; 0 before the first.", LatestHandshake),
        ("culvert_peer_up", "gauge", "1 while the peer answers, else 0.", peer => Text(peer, "state") == "up" ? 1 : 0),
        ("culvert_peer_held_packets", "gauge", "Packets that wait for a handshake with the peer.", peer => Number(peer, "held-packets")),
    ];

    /// <summary>Writes the metrics of at most <paramref name="limit"/> peers, those with the most traffic first.</summary>
    public static void Write(MetricsWriter metrics, PipelineStatus status, int limit)
    {
        var all = status.Stages.SelectMany(stage => (stage.Details?["peers"] as JsonArray ?? []).OfType<JsonObject>()).ToArray();
        if (all.Length == 0)
        {
            return;
        }

        metrics.Single("culvert_peers", "gauge", "Peers that the pipeline has.", all.Length);
        metrics.Single("culvert_peers_up", "gauge", "Peers that answer.", all.Count(peer => Text(peer, "state") == "up"));
        if (limit == 0)
        {
            return;
        }

        var device = status.Stages.Select(stage => stage.Details?["device"]?.ToString()).FirstOrDefault(name => name is not null) ?? "";
        var shown = all.OrderByDescending(peer => Number(peer, "sent-bytes") + Number(peer, "received-bytes")).Take(limit)
            .Select(peer => (Peer: peer, Labels: Labels(peer, device))).ToArray();
        foreach (var (name, type, help, read) in _perPeer)
        {
            metrics.Begin(name, type, help);
            foreach (var (peer, labels) in shown)
            {
                metrics.Sample(name, read(peer), labels);
            }
        }

        WritePath(metrics, shown);
    }

    private static void WritePath(MetricsWriter metrics, (JsonObject Peer, (string, string)[] Labels)[] shown)
    {
        const string name = "culvert_peer_path_mtu_bytes";
        metrics.Begin(name, "gauge", "The largest packet inside the tunnel that is known to pass, by direction.");
        foreach (var (peer, labels) in shown)
        {
            var path = peer["path"] as JsonObject;
            metrics.Sample(name, path is null ? null : Number(path, "outbound-mtu"), [.. labels, ("direction", "outbound")]);
            metrics.Sample(name, path is null ? null : Number(path, "inbound-mtu"), [.. labels, ("direction", "inbound")]);
        }
    }

    private static (string Name, string Value)[] Labels(JsonObject peer, string device) =>
    [
        ("interface", device), ("public_key", Text(peer, "public-key") ?? ""),
        ("allowed_ips", string.Join(',', (peer["allowed-ips"] as JsonArray ?? []).Select(prefix => prefix?.ToString()))),
        ("friendly_name", Text(peer, "name") ?? ""),
    ];

    private static double? LatestHandshake(JsonObject peer) => Text(peer, "latest-handshake") is { } time
        && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeSeconds() : 0;

    private static string? Text(JsonObject peer, string key) => peer[key]?.ToString();

    // Through the text, since a node holds an int, a long or a parsed number.
    private static double? Number(JsonObject peer, string key) =>
        double.TryParse(Text(peer, key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
