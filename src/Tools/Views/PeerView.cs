using System.Text.Json.Nodes;

namespace Culvert.Tools.Views;

/// <summary>A peer as it is shown. Immutable.</summary>
internal sealed record PeerView
{
    private const int KeyLetters = 12;

    /// <summary>Its name, or the beginning of its key.</summary>
    public required string Name { get; init; }

    /// <summary>Its public key; empty where the status has none.</summary>
    public required string Key { get; init; }

    /// <summary>For example <c>up</c>.</summary>
    public required string State { get; init; }

    /// <summary>Since when it is in its state; null for never, or where nobody knows.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the last handshake was completed; null for never.</summary>
    public DateTimeOffset? Handshake { get; init; }

    /// <summary>Seconds since the last handshake; null for never.</summary>
    public double? HandshakeAge { get; init; }

    /// <summary>Bytes of datagrams from the peer.</summary>
    public double Received { get; init; }

    /// <summary>Bytes of datagrams to the peer.</summary>
    public double Sent { get; init; }

    /// <summary><see cref="Received"/> a second; null without an earlier view.</summary>
    public double? ReceivedPerSecond { get; init; }

    /// <summary><see cref="Sent"/> a second; null without an earlier view.</summary>
    public double? SentPerSecond { get; init; }

    /// <summary>The address in use and how it was learned; null for none.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Why a handshake or a look-up failed last; null for no failure.</summary>
    public string? LastFailure { get; init; }

    /// <summary>When it failed.</summary>
    public DateTimeOffset? LastFailureAt { get; init; }

    /// <summary>The largest packet to it, in bytes; null where the status has none.</summary>
    public double? PathMtu { get; init; }

    /// <summary>All that the status has of it.</summary>
    public required JsonObject Source { get; init; }

    /// <summary>How much it needs somebody's attention; 0 for not at all.</summary>
    public int Trouble => State switch
    {
        "silent" or "refused" => 2,
        "handshaking" => 1,
        _ => 0,
    };

    /// <summary>Reads a peer of a status.</summary>
    /// <param name="peer">An item of <c>peers</c>.</param>
    /// <param name="before">The same earlier; null for no rates, or for a peer that is new.</param>
    /// <param name="seconds">How much earlier; null for no rates.</param>
    public static PeerView Read(JsonObject peer, PeerView? before = null, double? seconds = null)
    {
        var key = peer["public-key"]?.ToString() ?? "";
        var (received, sent) = (Quantity.Number(peer["received-bytes"]), Quantity.Number(peer["sent-bytes"]));
        var source = peer["endpoint-source"] is { } known ? $" ({known})" : "";
        return new PeerView
        {
            Name = peer["name"]?.ToString() ?? (key.Length == 0 ? "?" : ShortKey(key)),
            Key = key,
            State = peer["state"]?.ToString() ?? "unknown",
            Since = Quantity.Instant(peer["state-since"]),
            Handshake = Quantity.Instant(peer["latest-handshake"]),
            HandshakeAge = peer["handshake-age-seconds"] is { } age ? Quantity.Number(age) : null,
            Received = received,
            Sent = sent,
            ReceivedPerSecond = Quantity.Rate(received, before?.Received, seconds),
            SentPerSecond = Quantity.Rate(sent, before?.Sent, seconds),
            Endpoint = peer["endpoint"] is { } endpoint ? $"{endpoint}{source}" : null,
            LastFailure = peer["last-failure"]?.ToString(),
            LastFailureAt = Quantity.Instant(peer["last-failure-at"]),
            PathMtu = (peer["path"] as JsonObject)?["outbound-mtu"] is { } mtu ? Quantity.Number(mtu) : null,
            Source = peer,
        };
    }

    /// <summary>Whether a name, the public key, or the beginning of that means the peer.</summary>
    public bool IsMeant(string name) =>
        Source["name"]?.ToString() == name || (Key.Length > 0 && Key.StartsWith(name.TrimEnd('…'), StringComparison.Ordinal));

    /// <summary>The beginning of a key.</summary>
    public static string ShortKey(string key) => key[..Math.Min(KeyLetters, key.Length)] + "…";
}
