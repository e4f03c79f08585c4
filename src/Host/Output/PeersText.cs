using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Tools.Views;

namespace Culvert.Host.Output;

/// <summary>The peers of a stage: how many are in each state, a line for each that is shown, and why those in trouble are.</summary>
/// <param name="now">When the status was written.</param>
/// <param name="shown">Which peers to show.</param>
internal sealed class PeersText(DateTimeOffset now, ShownPeers shown)
{
    // What the lines of a peer's detail say in words of their own.
    private static readonly string[] _told = ["name", "state", "state-since", "latest-handshake", "handshake-age-seconds", "received-bytes", "sent-bytes",
        "endpoint", "endpoint-source", "last-failure", "last-failure-at"];

    /// <summary>The lines about the peers of a stage.</summary>
    public IReadOnlyList<string> Lines(PeersView peers)
    {
        var chosen = shown.Choose(peers);
        var lines = new List<string> { peers.Sum };
        if (shown.Only is { } name)
        {
            if (chosen.Count == 0)
            {
                lines.Add($"no peer is called '{SecretMask.Apply(name)}', and no public key begins so");
            }

            lines.AddRange(chosen.SelectMany(Detail));
            return lines;
        }

        if (chosen.Count > 0)
        {
            using var table = new StringWriter();
            Table(chosen).Write(table);
            lines.AddRange(table.ToString().TrimEnd().Split(Environment.NewLine));
            lines.AddRange(chosen.Where(peer => peer.LastFailure is not null).Select(peer => $"{peer.Name}: {Failure(peer)}"));
        }

        if (chosen.Count < peers.All.Count && shown.Choice == PeerChoice.Top)
        {
            lines.Add($"{Quantity.Whole(peers.All.Count - chosen.Count)} more: --peers all, or --peer NAME");
        }

        return lines;
    }

    /// <summary>All that is known of a peer, one line each.</summary>
    public IReadOnlyList<string> Detail(PeerView peer)
    {
        var lines = new List<string>
        {
            $"{peer.Name}: {State(peer)}",
            $"  latest handshake: {(peer.Handshake is { } at ? $"{Quantity.Time(at, now)} ({Handshake(peer)})" : "none")}",
            $"  received {Quantity.Size(peer.Received)}, sent {Quantity.Size(peer.Sent)}",
            $"  endpoint: {peer.Endpoint ?? "none"}",
        };
        if (peer.LastFailure is not null)
        {
            lines.Add($"  {Failure(peer)}");
        }

        var rest = peer.Source.Where(pair => !_told.Contains(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()));
        DetailText.Append(lines, new JsonObject(rest), "  ");
        return lines;
    }

    /// <summary>A peer's state, and since when it is in trouble.</summary>
    public string State(PeerView peer) => peer is { Trouble: > 0, Since: { } since } ? $"{peer.State} since {Quantity.Time(since, now)}" : peer.State;

    /// <summary>The age of the last handshake.</summary>
    public static string Handshake(PeerView peer) => peer.HandshakeAge is { } age ? Quantity.Age(age) + " ago" : "never";

    private TextTable Table(IReadOnlyList<PeerView> peers)
    {
        var table = new TextTable("peer", "state", " handshake", " received", " sent", "endpoint");
        foreach (var peer in peers)
        {
            table.Add(peer.Name, State(peer), Handshake(peer), Quantity.Size(peer.Received), Quantity.Size(peer.Sent), peer.Endpoint ?? "none");
        }

        return table;
    }

    private string Failure(PeerView peer) =>
        $"last failure {(peer.LastFailureAt is { } at ? Quantity.Time(at, now) : "")}: {peer.LastFailure}";
}
