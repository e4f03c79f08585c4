using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Output;

/// <summary>The peers of a stage: how many are in each state, a line for each that is shown, and why those in trouble are.</summary>
/// <param name="status">The whole status.</param>
/// <param name="shown">Which peers to show.</param>
internal sealed class PeersText(JsonObject status, ShownPeers shown)
{
    private const int KeyLetters = 12;

    private readonly DateTimeOffset _now = Quantity.Now(status);

    /// <summary>The lines about the peers in a stage's details.</summary>
    public IReadOnlyList<string> Lines(JsonArray list)
    {
        JsonObject[] peers = [.. list.OfType<JsonObject>()];
        var chosen = shown.Choose(peers);
        var lines = new List<string> { Sum(peers) };
        if (shown.Only is { } name)
        {
            Detail(lines, chosen, name);
            return lines;
        }

        if (chosen.Count > 0)
        {
            using var table = new StringWriter();
            Table(chosen).Write(table);
            lines.AddRange(table.ToString().TrimEnd().Split(Environment.NewLine));
            lines.AddRange(chosen.Where(peer => peer["last-failure"] is not null).Select(Failure));
        }

        if (chosen.Count < peers.Length && shown.Choice == PeerChoice.Top)
        {
            lines.Add($"{Quantity.Whole(peers.Length - chosen.Count)} more: --peers all, or --peer NAME");
        }

        return lines;
    }

    /// <summary>A peer's name, or the beginning of its key.</summary>
    public static string Name(JsonObject peer) =>
        (string?)peer["name"] ?? ((string?)peer["public-key"] is { } key ? ShortKey(key) : "?");

    /// <summary>The beginning of a key.</summary>
    public static string ShortKey(string key) => key[..Math.Min(KeyLetters, key.Length)] + "…";

    private static string Sum(JsonObject[] peers)
    {
        var states = peers.GroupBy(peer => (string?)peer["state"] ?? "unknown").OrderByDescending(group => group.Count())
            .Select(group => $"{Quantity.Whole(group.Count())} {group.Key}");
        return peers.Length == 0 ? "no peers" : $"{Quantity.Count(peers.Length, "peer")}: {string.Join(", ", states)}";
    }

    private TextTable Table(IReadOnlyList<JsonObject> peers)
    {
        var table = new TextTable("peer", "state", " handshake", " received", " sent", "endpoint");
        foreach (var peer in peers)
        {
            table.Add(
                Name(peer), State(peer), Handshake(peer), Quantity.Size(Quantity.Number(peer["received-bytes"])),
                Quantity.Size(Quantity.Number(peer["sent-bytes"])), Endpoint(peer));
        }

        return table;
    }

    private void Detail(List<string> lines, IReadOnlyList<JsonObject> peers, string name)
    {
        if (peers.Count == 0)
        {
            lines.Add($"no peer is called '{SecretMask.Apply(name)}', and no public key begins so");
        }

        foreach (var peer in peers)
        {
            lines.Add($"{Name(peer)}: {State(peer)}");
            lines.Add($"  latest handshake: {Quantity.Time(peer["latest-handshake"], _now) ?? "none"}{(peer["latest-handshake"] is null ? "" : $" ({Handshake(peer)})")}");
            lines.Add($"  received {Quantity.Size(Quantity.Number(peer["received-bytes"]))}, sent {Quantity.Size(Quantity.Number(peer["sent-bytes"]))}");
            lines.Add($"  endpoint: {Endpoint(peer)}");
            if (peer["last-failure"] is not null)
            {
                lines.Add($"  last failure {Quantity.Time(peer["last-failure-at"], _now)}: {peer["last-failure"]}");
            }

            string[] told = ["name", "state", "state-since", "latest-handshake", "handshake-age-seconds", "received-bytes", "sent-bytes", "endpoint",
                "endpoint-source", "last-failure", "last-failure-at"];
            StatusText.AppendDetails(lines, new JsonObject(peer.Where(pair => !told.Contains(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))), "  ");
        }
    }

    private string Failure(JsonObject peer) => $"{Name(peer)}: last failure {Quantity.Time(peer["last-failure-at"], _now)}: {peer["last-failure"]}";

    private string State(JsonObject peer) => (string?)peer["state"] is "silent" or "handshaking" && Quantity.Time(peer["state-since"], _now) is { } since
        ? $"{peer["state"]} since {since}"
        : (string?)peer["state"] ?? "unknown";

    private static string Handshake(JsonObject peer) =>
        peer["handshake-age-seconds"] is { } age ? Quantity.Age(Quantity.Number(age)) + " ago" : "never";

    private static string Endpoint(JsonObject peer) =>
        peer["endpoint"] is { } endpoint ? $"{endpoint}{(peer["endpoint-source"] is { } source ? $" ({source})" : "")}" : "none";
}
