using Culvert.Counters;

namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>The counters of a tunnel, one set for all lanes.</summary>
internal sealed class TunnelCounters(CounterSet set)
{
    // Outbound.
    public Counter Sealed { get; } = set.Create("sealed", "packets", "Outbound packets sealed.");

    public DropReason NoPeer { get; } = set.DropReason(
        "no-peer", "Outbound packets to a destination that no peer's allowed-ips cover.");

    public DropReason OwnDatagram { get; } = set.DropReason(
        "own-datagram", "Outbound packets that are datagrams of this tunnel: the route to a peer's endpoint leads into the tunnel itself.");

    public DropReason OwnRoute { get; } = set.DropReason(
        "own-route", "Outbound packets to a peer whose endpoint is refused, as it is reached through the tunnel itself.");

    public DropReason NotIp { get; } = set.DropReason(
        "not-ip", "Outbound packets that are neither IPv4 nor IPv6, or shorter than their header says.");

    public DropReason NoEndpoint { get; } = set.DropReason(
        "no-endpoint", "Outbound packets to a peer that has no endpoint and has not connected yet.");

    public DropReason QueueOverflow { get; } = set.DropReason(
        "queue-overflow", "Outbound packets that exceeded the queue of packets waiting for a handshake; the oldest goes first.");

    public DropReason HeldOverflow { get; } = set.DropReason(
        "held-overflow", "Outbound packets that exceeded the packets waiting for handshakes of all peers together; the oldest of the peer with the most goes first.");

    public DropReason HandshakeTimeout { get; } = set.DropReason(
        "handshake-timeout", "Outbound packets that waited for a handshake that was not completed.");

    public DropReason KeyWorn { get; } = set.DropReason(
        "key-worn", "Outbound packets that a key could not seal because it has reached its message limit.");

    public DropReason PeerRemoved { get; } = set.DropReason(
        "peer-removed", "Outbound packets that waited for a handshake when the peer was removed or the tunnel closed.");

    public DropReason TooBig { get; } = set.DropReason(
        "too-big", "Outbound packets larger than the path to their peer carries; the sender is told so.");

    public Counter TooBigAnswers { get; } = set.Create(
        "too-big-answers", "messages", "ICMP messages that told senders the MTU of the path to a peer; at most 100 a second.");

    public Counter ProbesSent { get; } = set.Create(
        "probes-sent", "messages", "Path messages and echo requests sent to find path MTUs, answers included.");

    // Inbound.
    public Counter Opened { get; } = set.Create("opened", "packets", "Inbound packets opened and forwarded.");

    public DropReason Malformed { get; } = set.DropReason(
        "malformed", "Inbound datagrams that are no message of the protocol by type and length.");

    public DropReason UnknownIndex { get; } = set.DropReason(
        "unknown-index", "Inbound messages whose receiver index belongs to no keypair; normal after a restart.");

    public DropReason KeyExpired { get; } = set.DropReason(
        "key-expired", "Inbound messages whose keypair is older than 180 s or has reached its message limit.");

    public DropReason NotAuthentic { get; } = set.DropReason(
        "not-authentic", "Inbound messages whose authentication tag is wrong.");

    public DropReason Replayed { get; } = set.DropReason(
        "replayed", "Inbound messages that were received before, or are too old to tell.");

    public DropReason CongestionDropped { get; } = set.DropReason(
        "congestion", "Inbound packets that the path marked as having met congestion, and whose sender does not understand such marks (RFC 6040).");

    public Counter CongestionMarked { get; } = set.Create(
        "congestion-marked", "packets", "Inbound packets that got the path's mark for congestion (ECN, RFC 6040).");

    public DropReason InnerMalformed { get; } = set.DropReason(
        "inner-malformed", "Inbound messages whose content is not a whole IP packet.");

    public DropReason WrongSource { get; } = set.DropReason(
        "wrong-source", "Inbound packets whose inner source is outside the peer's allowed-ips.");

    public DropReason HandshakeOverflow { get; } = set.DropReason(
        "handshake-overflow", "Inbound handshake messages that exceeded the queue of messages to be processed.");

    // Handshakes.
    public Counter InitiationsSent { get; } = set.Create("initiations-sent", "messages", "Handshake initiations sent, repetitions included.");

    public Counter ResponsesSent { get; } = set.Create("responses-sent", "messages", "Handshake responses sent.");

    public Counter HandshakesCompleted { get; } = set.Create("handshakes-completed", "handshakes", "Handshakes completed.");

    public Counter KeepalivesSent { get; } = set.Create("keepalives-sent", "messages", "Keepalives sent.");

    public Counter KeepalivesReceived { get; } = set.Create("keepalives-received", "messages", "Keepalives received.");

    public Counter CookiesSent { get; } = set.Create("cookies-sent", "messages", "Handshake messages answered with a cookie under load.");

    public Counter CookiesReceived { get; } = set.Create("cookies-received", "messages", "Cookies received from peers under load.");

    public Counter RejectedMac1 { get; } = Rejected(set, "mac1", "the sender does not know the public key of this end");

    public Counter RejectedRate { get; } = Rejected(set, "rate", "the source sent too many");

    public Counter RejectedUnknownPeer { get; } = Rejected(set, "unknown-peer", "the public key belongs to no peer");

    public Counter RejectedInvalid { get; } = Rejected(set, "invalid", "not authentic, or not expected");

    public Counter RejectedReplayed { get; } = Rejected(set, "replayed", "the timestamp is not newer than the last accepted one");

    public Counter RejectedTooSoon { get; } = Rejected(set, "too-soon", "within 20 ms of another one of the same peer");

    public Counter NoMemory { get; } = set.Create(
        "no-memory", "messages", "Handshake messages, cookies and keepalives not sent because the packet pool was empty.");

    private static Counter Rejected(CounterSet set, string reason, string description) => set.Create(
        "handshakes-rejected", "messages", $"Handshake messages rejected: {description}.", new KeyValuePair<string, string>("reason", reason));
}
