using System.Text.Json.Nodes;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt;

/// <summary>The part of <c>culvert status</c> about a tunnel. Contains no secret.</summary>
internal static class TunnelStatus
{
    /// <summary>Identity, suite, cipher library and peers. Any thread: the list of peers is a snapshot.</summary>
    public static JsonObject Describe(Tunnel tunnel) => new()
    {
        ["public-key"] = Convert.ToBase64String(tunnel.Local.Identity.PublicKey),
        ["suite"] = tunnel.Local.Suite.Name,
        ["cipher-library"] = tunnel.Local.Cipher.Library.ToName(),
        ["peers"] = new JsonArray([.. tunnel.Peers.Snapshot.Select(peer => (JsonNode)Describe(peer))]),
    };

    private static JsonObject Describe(Peer peer) => new()
    {
        ["public-key"] = peer.Key.ToString(),
        ["endpoint"] = peer.Endpoint.Current.IsNone ? null : peer.Endpoint.Current.ToString(),
        ["latest-handshake"] = peer.Handshaker.LastCompleted?.ToString("O"),
        ["received-bytes"] = peer.ReceivedBytes,
        ["sent-bytes"] = peer.SentBytes,
        ["keepalive-seconds"] = (int)peer.KeepaliveInterval.TotalSeconds,
        ["allowed-ips"] = new JsonArray([.. peer.AllowedIps.Select(prefix => (JsonNode)prefix.ToString())]),
    };
}
