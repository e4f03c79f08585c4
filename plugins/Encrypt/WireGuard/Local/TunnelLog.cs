using Culvert.Options;
using Culvert.Packets;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>The log of a tunnel. Peers are named by a few characters of their public keys; no secret is ever an argument.</summary>
internal static partial class TunnelLog
{
    [LoggerMessage(EventId = 18, Level = LogLevel.Warning,
        Message = "peer {Peer}: datagrams to the endpoint {Endpoint} come back from the host's side of the tunnel; add a longer route past the tunnel, or set fwmark at the network endpoint")]
    public static partial void Loops(ILogger logger, string peer, DatagramEndpoint endpoint);

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "peer {Peer}: sending a handshake initiation to {Endpoint}")]
    public static partial void SendsInitiation(ILogger logger, string peer, DatagramEndpoint endpoint);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "peer {Peer} at {Endpoint}: handshake complete, {Who}")]
    public static partial void Rekeyed(ILogger logger, string peer, DatagramEndpoint endpoint, string who);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "peer {Peer}: no answer to handshake initiations for {Seconds} s; waiting for traffic")]
    public static partial void GaveUp(ILogger logger, string peer, double seconds);

    [LoggerMessage(EventId = 4, Level = LogLevel.Debug, Message = "peer {Peer}: no answer for 15 s; beginning a new handshake")]
    public static partial void Silent(ILogger logger, string peer);

    [LoggerMessage(EventId = 5, Level = LogLevel.Debug, Message = "peer {Peer}: all keys erased")]
    public static partial void ErasedKeys(ILogger logger, string peer);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning,
        Message = "{Source}: handshake refused: peer {Peer} most likely uses suite {Theirs}, but this end has suite {Ours}; set the same suite at both ends")]
    public static partial void OtherSuite(ILogger logger, DatagramEndpoint source, string peer, string theirs, string ours);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning,
        Message = "{Source}: handshake refused: an initiation with a valid mac1 cannot be read with any suite; most likely it is corrupted or forged")]
    public static partial void Unreadable(ILogger logger, DatagramEndpoint source);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "peer {Peer}: endpoint {Endpoint} does not resolve: {Reason}; retrying")]
    public static partial void DoesNotResolve(ILogger logger, string peer, HostEndpoint endpoint, string reason);

    [LoggerMessage(EventId = 9, Level = LogLevel.Information, Message = "peer {Peer}: endpoint {Endpoint} resolves to {Address}")]
    public static partial void Resolved(ILogger logger, string peer, HostEndpoint endpoint, DatagramEndpoint address);

    [LoggerMessage(EventId = 10, Level = LogLevel.Error,
        Message = "peer {Peer}: the public key is a point of low order; no handshake is possible until it is replaced")]
    public static partial void UselessKey(ILogger logger, string peer);

    [LoggerMessage(EventId = 11, Level = LogLevel.Warning, Message = "peer {Peer} at {Endpoint}: no answer to handshake initiations for {Duration}; {Remedy}")]
    public static partial void NoAnswer(ILogger logger, string peer, DatagramEndpoint endpoint, string duration, string remedy);

    [LoggerMessage(EventId = 12, Level = LogLevel.Information, Message = "peer {Peer} at {Endpoint}: answers again after {Duration}")]
    public static partial void Back(ILogger logger, string peer, DatagramEndpoint endpoint, string duration);

    [LoggerMessage(EventId = 13, Level = LogLevel.Warning,
        Message = "{Source}: handshake refused: no peer has the public key {Key}; add it to peers, or check which private key the caller uses")]
    public static partial void UnknownPeer(ILogger logger, DatagramEndpoint source, string key);

    [LoggerMessage(EventId = 14, Level = LogLevel.Warning,
        Message = "{Source}: handshake refused: mac1 is wrong, so the caller has another public key for this end; write this end's public key {Own} into the caller's peers")]
    public static partial void WrongMac1(ILogger logger, DatagramEndpoint source, string own);

    [LoggerMessage(EventId = 15, Level = LogLevel.Warning,
        Message = "peer {Peer} at {Endpoint}: response cannot be read; check that both ends have the same preshared key, unless somebody forges responses")]
    public static partial void UnreadableResponse(ILogger logger, string peer, DatagramEndpoint endpoint);

    [LoggerMessage(EventId = 16, Level = LogLevel.Warning,
        Message = "{Source}: handshake refused: timestamp of peer {Peer} is not newer than its last one; check that its clock did not go back and that no other machine has its private key, unless somebody sends a recorded message again")]
    public static partial void ReplayedTimestamp(ILogger logger, DatagramEndpoint source, string peer);

    [LoggerMessage(EventId = 22, Level = LogLevel.Warning,
        Message = "Memory for keys cannot be locked ({Reason}) and may be written to swap space; raise the limit for locked memory (LimitMEMLOCK=, ulimit -l)")]
    public static partial void KeysNotLocked(ILogger logger, string reason);

    [LoggerMessage(EventId = 32, Level = LogLevel.Warning, Message = "peer {Peer} at {Endpoint}: the network reports: {Reason}")]
    public static partial void PathFails(ILogger logger, string peer, DatagramEndpoint endpoint, string reason);

    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "peer {Peer}: sending to {Endpoint} now")]
    public static partial void UsesEndpoint(ILogger logger, string peer, string endpoint);

    [LoggerMessage(EventId = 30, Level = LogLevel.Warning, Message = "peer {Peer}: there is no device {Device}; its endpoint is used again once the device exists")]
    public static partial void NoDevice(ILogger logger, string peer, string device);
}
