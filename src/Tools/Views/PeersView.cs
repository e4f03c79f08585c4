using System.Text.Json.Nodes;

namespace Culvert.Tools.Views;

/// <summary>The peers of a stage as they are shown. Immutable.</summary>
/// <param name="All">In the order of the status.</param>
internal sealed record PeersView(IReadOnlyList<PeerView> All)
{
    /// <summary>The most peers that are shown when not all are asked for.</summary>
    public const int MaxTop = 20;

    /// <summary>How many peers are in each state, the most frequent first.</summary>
    public IReadOnlyList<(string State, int Count)> States { get; } =
        [.. All.GroupBy(peer => peer.State).OrderByDescending(group => group.Count()).Select(group => (group.Key, group.Count()))];

    /// <summary><c>3 peers: 2 up, 1 silent</c>.</summary>
    public string Sum => $"{Quantity.Count(All.Count, "peer")}: {string.Join(", ", States.Select(state => $"{Quantity.Whole(state.Count)} {state.State}"))}";

    /// <summary>At most <see cref="MaxTop"/> peers: those in trouble, then those with the most traffic.</summary>
    public IReadOnlyList<PeerView> Top => [.. Sorted(PeerSort.Trouble).Take(MaxTop)];

    /// <summary>All peers in an order.</summary>
    public IEnumerable<PeerView> Sorted(PeerSort sort) => sort switch
    {
        PeerSort.Name => All.OrderBy(peer => peer.Name, StringComparer.Ordinal),
        PeerSort.Handshake => All.OrderBy(peer => peer.HandshakeAge ?? double.MaxValue),
        PeerSort.Received => All.OrderByDescending(peer => peer.ReceivedPerSecond).ThenByDescending(peer => peer.Received),
        PeerSort.Sent => All.OrderByDescending(peer => peer.SentPerSecond).ThenByDescending(peer => peer.Sent),
        _ => All.OrderByDescending(peer => peer.Trouble).ThenByDescending(peer => peer.Received + peer.Sent),
    };

    /// <summary>Reads the peers of a stage.</summary>
    /// <param name="peers">The key <c>peers</c> of its details.</param>
    /// <param name="before">The same earlier; null for no rates.</param>
    /// <param name="seconds">How much earlier; null for no rates.</param>
    public static PeersView Read(JsonArray peers, PeersView? before = null, double? seconds = null)
    {
        Dictionary<string, PeerView> old = [];
        foreach (var peer in before?.All ?? [])
        {
            old[peer.Key] = peer;
        }

        return new PeersView([.. peers.OfType<JsonObject>().Select(peer =>
            PeerView.Read(peer, old.GetValueOrDefault(peer["public-key"]?.ToString() ?? ""), seconds))]);
    }
}

/// <summary>An order of peers.</summary>
internal enum PeerSort
{
    /// <summary>Those in trouble, then those with the most traffic.</summary>
    Trouble,

    /// <summary>By name.</summary>
    Name,

    /// <summary>The latest handshake first.</summary>
    Handshake,

    /// <summary>The most bytes received a second first.</summary>
    Received,

    /// <summary>The most bytes sent a second first.</summary>
    Sent,
}
