using System.Text.Json.Nodes;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt;

/// <summary>The part of <c>culvert status</c> about a tunnel. Contains no secret.</summary>
internal static class TunnelStatus
{
    /// <summary>Identity, suite, cipher library and peers. Any thread: the list of peers is a snapshot.</summary>
    public static JsonObject Describe(TunnelEntry entry) => new()
    {
        ["public-key"] = entry.Tunnel.Local.PublicKey?.ToString(),
        ["suite"] = entry.Tunnel.Local.Suite.Name,
        ["cipher-library"] = entry.Tunnel.Local.Cipher.Library.ToName(),
        ["peers"] = new JsonArray([.. entry.Tunnel.Peers.Snapshot.Select(peer => (JsonNode)Describe(peer, entry.FilePeers.Contains(peer.Key)))]),
    };

    private static JsonObject Describe(Peer peer, bool isInFile)
    {
        var (state, since) = peer.Reachability.State;
        return new()
        {
            ["public-key"] = peer.Key.ToString(),
            ["name"] = peer.GivenName,
            ["in-file"] = isInFile,
            ["state"] = state.ToString().ToLowerInvariant(),
            ["state-since"] = since?.ToString("O"),
            ["last-failure"] = peer.Reachability.LastFailure?.Reason,
            ["last-failure-at"] = peer.Reachability.LastFailure?.At.ToString("O"),
            ["endpoint"] = peer.Endpoint.Current.IsNone ? null : peer.Endpoint.Current.ToString(),
            ["endpoint-source"] = peer.Endpoint.Source?.ToString().ToLowerInvariant(),
            ["endpoints"] = Ways(peer),
            ["latest-handshake"] = peer.Handshaker.LastCompleted?.ToString("O"),
            ["handshake-age-seconds"] = peer.Handshaker.Age is { } age ? (int)age.TotalSeconds : null,
            ["received-bytes"] = peer.ReceivedBytes,
            ["sent-bytes"] = peer.SentBytes,
            ["held-packets"] = peer.Held.Count,
            ["keepalive-seconds"] = (int)peer.KeepaliveInterval.TotalSeconds,
            ["path"] = PathVerdict.ToJson(peer.Path),
            ["allowed-ips"] = new JsonArray([.. peer.AllowedIps.Select(prefix => (JsonNode)prefix.ToString())]),
        };
    }

    /// <summary>The ways to a peer that has several, with what was measured; null for a peer with one.</summary>
    private static JsonArray? Ways(Peer peer) => peer.Endpoint.Configured is not { All.Count: > 1 } choices ? null : new JsonArray(
        [.. choices.All.Select((choice, way) => (JsonNode)new JsonObject
        {
            ["endpoint"] = choice.ToString(),
            ["active"] = way == peer.Endpoint.ActiveWay,
            ["answers"] = peer.Ways[way]?.Answers,
            ["round-trip-ms"] = peer.Ways[way]?.RoundTrip is { } time ? Math.Round(time.TotalMilliseconds, 1) : null,
            ["loss-percent"] = Math.Round((peer.Ways[way]?.Loss ?? 0) * 100, 1),
        })]);
}
