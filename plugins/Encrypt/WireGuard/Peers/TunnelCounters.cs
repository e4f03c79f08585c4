using Culvert.Counters;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>What the stage counts. One set for all lanes.</summary>
internal sealed class TunnelCounters(CounterSet set)
{
    private readonly Counter _replayed = Rejected(set, "replayed", "its timestamp is no newer than one that was accepted");
    private readonly Counter _tooSoon = Rejected(set, "too-soon", "it came within 20 ms of another one of the same peer");

    // Outbound.
    public Counter Sealed { get; } = set.Create("sealed", "packets", "sealed and handed on");

    public Counter NoPeer { get; } = set.Create("no-peer", "packets", "dropped outbound: no peer's allowed-ips cover the destination");

    public Counter NotIp { get; } = set.Create("not-ip", "packets", "dropped outbound: neither IPv4 nor IPv6");

    public Counter NoEndpoint { get; } = set.Create(
        "no-endpoint", "packets", "dropped outbound: the peer has no endpoint and has not called in");

    public Counter QueueOverflow { get; } = set.Create(
        "queue-overflow", "packets", "dropped outbound: more packets waited for a handshake than the queue holds");

    public Counter HandshakeTimeout { get; } = set.Create(
        "handshake-timeout", "packets", "dropped outbound: they waited for a handshake that did not come about");

    public Counter KeyWorn { get; } = set.Create(
        "key-worn", "packets", "dropped outbound: the key has sealed as many messages as it may");

    // Inbound.
    public Counter Opened { get; } = set.Create("opened", "packets", "opened and handed on");

    public Counter Malformed { get; } = set.Create("malformed", "packets", "dropped inbound: no message has that type and length");

    public Counter UnknownIndex { get; } = set.Create(
        "unknown-index", "packets", "dropped inbound: no keypair has the receiver's index; after a restart that is normal");

    public Counter KeyExpired { get; } = set.Create("key-expired", "packets", "dropped inbound: the keypair is older than 180 s or worn");

    public Counter NotAuthentic { get; } = set.Create("not-authentic", "packets", "dropped inbound: the tag is wrong");

    public Counter Replayed { get; } = set.Create("replayed", "packets", "dropped inbound: seen already, or too old to tell");

    public Counter InnerMalformed { get; } = set.Create(
        "inner-malformed", "packets", "dropped inbound: what the peer sealed is no whole IP packet");

    public Counter WrongSource { get; } = set.Create(
        "wrong-source", "packets", "dropped inbound: the inner source is outside the peer's allowed-ips");

    public Counter HandshakeOverflow { get; } = set.Create(
        "handshake-overflow", "packets", "dropped inbound: more handshake messages than can be looked at");

    // Handshakes.
    public Counter InitiationsSent { get; } = set.Create("initiations-sent", "messages", "handshakes begun or begun again");

    public Counter ResponsesSent { get; } = set.Create("responses-sent", "messages", "handshakes of peers answered");

    public Counter HandshakesCompleted { get; } = set.Create("handshakes-completed", "handshakes", "ended with keys in use");

    public Counter KeepalivesSent { get; } = set.Create("keepalives-sent", "messages", "empty messages sent");

    public Counter KeepalivesReceived { get; } = set.Create("keepalives-received", "messages", "empty messages received");

    public Counter CookiesSent { get; } = set.Create("cookies-sent", "messages", "answered with a cookie, as there was load");

    public Counter CookiesReceived { get; } = set.Create("cookies-received", "messages", "cookies of peers under load");

    public Counter RejectedMac1 { get; } = Rejected(set, "mac1", "its sender does not know our public key");

    public Counter RejectedRate { get; } = Rejected(set, "rate", "its source sent too many under load");

    public Counter RejectedUnknownPeer { get; } = Rejected(set, "unknown-peer", "its public key is no peer's");

    public Counter RejectedInvalid { get; } = Rejected(set, "invalid", "it is not authentic, or was not awaited");

    /// <summary>The counter of a handshake message that was not accepted.</summary>
    public Counter ForVerdict(HandshakeVerdict verdict) => verdict switch
    {
        HandshakeVerdict.Replayed => _replayed,
        HandshakeVerdict.TooSoon => _tooSoon,
        _ => RejectedInvalid,
    };

    private static Counter Rejected(CounterSet set, string reason, string description) => set.Create(
        "handshakes-rejected", "messages", $"a handshake message was refused: {description}", new KeyValuePair<string, string>("reason", reason));
}
