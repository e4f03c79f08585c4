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
            ["latest-handshake"] = peer.Handshaker.LastCompleted?.ToString("O"),
            ["handshake-age-seconds"] = peer.Handshaker.Age is { } age ? (int)age.TotalSeconds : null,
            ["received-bytes"] = peer.ReceivedBytes,
            ["sent-bytes"] = peer.SentBytes,
            ["keepalive-seconds"] = (int)peer.KeepaliveInterval.TotalSeconds,
            ["path"] = PathVerdict.ToJson(peer.Path),
            ["allowed-ips"] = new JsonArray([.. peer.AllowedIps.Select(prefix => (JsonNode)prefix.ToString())]),
        };
    }
}
