using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Microsoft.Extensions.Logging;

// Fields that the message does not have are for programs that follow the events: docs/reference/events.md lists them.
#pragma warning disable SYSLIB1015

namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>The log of a peer's state. Each event has the peer's given name and public key as fields, with the names of the status.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(EventId = 17, Level = LogLevel.Information, Message = "peer {Peer}: {Verdict}")]
    public static partial void PeerPathChanged(
        ILogger logger, string peer, string verdict, int outboundMtu, int inboundMtu, string? name, PublicKey publicKey);

    [LoggerMessage(EventId = 19, Level = LogLevel.Information, Message = "peer {Peer} at {Endpoint}: handshake complete, {Who}")]
    public static partial void PeerUp(ILogger logger, string peer, DatagramEndpoint endpoint, string who, string? name, PublicKey publicKey);

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "peer {Peer} at {Endpoint}: no answer to handshake initiations for {Duration}; {Remedy}")]
    public static partial void PeerDown(
        ILogger logger, string peer, DatagramEndpoint endpoint, string duration, string remedy, string? name, PublicKey publicKey);

    [LoggerMessage(EventId = 33, Level = LogLevel.Warning,
        Message = "peer {Peer}: the endpoint {Endpoint} is reached through {Device}, the tunnel itself, and is not called until the route changes; leave its address out of 'routes', add a longer route past the tunnel, or for all traffic write 'routes: [0.0.0.0/0]' with 'fwmark: 51820' at the network endpoint")]
    public static partial void PeerEndpointRefused(
        ILogger logger, string peer, DatagramEndpoint endpoint, string? device, string? name, PublicKey publicKey);

    [LoggerMessage(EventId = 34, Level = LogLevel.Information, Message = "peer {Peer}: the endpoint {Endpoint} is no longer reached through {Device}; calling it again")]
    public static partial void PeerEndpointAccepted(
        ILogger logger, string peer, DatagramEndpoint endpoint, string? device, string? name, PublicKey publicKey);

    [LoggerMessage(EventId = 21, Level = LogLevel.Information, Message = "peer {Peer}: endpoint changed from {Previous} to {Endpoint}, {EndpointSource}")]
    public static partial void PeerEndpointChanged(
        ILogger logger, string peer, DatagramEndpoint previous, DatagramEndpoint endpoint, string endpointSource, string? name, PublicKey publicKey);
}
