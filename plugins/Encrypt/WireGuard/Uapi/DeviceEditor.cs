using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>
/// Carries out a set request on a device, on its service thread. What pipeline.yaml decides (the port, which is the UDP end's) is left
/// as it is and said so.
/// </summary>
internal static class DeviceEditor
{
    /// <summary>Carries out a request that was read without an error.</summary>
    public static UapiErrno Apply(Device device, SetRequest request)
    {
        if (request.Fwmark is > 0 || request.PrivateKey is { } key && IsZero(key.Span))
        {
            DeviceEditorLog.NotPossible(device.Logger, request.Fwmark is > 0 ? "fwmark" : "an empty private key");
            return UapiErrno.NotPermitted;
        }

        if (request.ListenPort is > 0 && request.ListenPort != device.Context.ListenPort)
        {
            DeviceEditorLog.PortIgnored(device.Logger, request.ListenPort.Value);
        }

        if (request.PrivateKey is { } privateKey)
        {
            device.SetIdentity(X25519Key.Import(privateKey.Span));
        }

        if (request.ReplacePeers)
        {
            foreach (var peer in device.AllPeers.ToArray())
            {
                device.RemovePeer(peer);
            }
        }

        var changed = request.Peers.Select(change => (Peer: Apply(device, change), Change: change)).ToArray();
        device.UpdateRoutes();
        // Keepalives begin handshakes: they come when everything else is in place. A later section may have removed the peer.
        foreach (var (peer, change) in changed)
        {
            if (change.Keepalive is { } keepalive && peer is not null && device.TryGetPeer(peer.Key, out var present) && present == peer)
            {
                peer.SetKeepalive(keepalive);
            }
        }

        return UapiErrno.None;
    }

    private static Peer? Apply(Device device, PeerChange change)
    {
        var known = device.TryGetPeer(change.Key, out var peer);
        if (change.Remove)
        {
            if (known)
            {
                device.RemovePeer(peer!);
            }

            return null;
        }

        // A configuration that serves several ends may name this end as a peer: WireGuard passes over it.
        if ((!known && change.UpdateOnly) || change.Key == new PublicKey(device.Identity.PublicKey))
        {
            return null;
        }

        peer ??= device.AddPeer(change.Key);
        if (change.PresharedKey is { } presharedKey)
        {
            peer.Handshake.SetPresharedKey(presharedKey.Span);
        }

        if (change.Endpoint is { } endpoint)
        {
            device.Resolver.Start(peer, endpoint);
        }

        ApplyAllowedIps(device.Prefixes, peer, change);
        return peer;
    }

    private static void ApplyAllowedIps(PrefixOwners prefixes, Peer peer, PeerChange change)
    {
        if (change.ReplaceAllowedIps)
        {
            prefixes.ReleaseAll(peer);
        }

        foreach (var (add, prefix) in change.AllowedIps)
        {
            if (add)
            {
                prefixes.Assign(prefix, peer);
            }
            else
            {
                prefixes.Release(prefix, peer);
            }
        }
    }

    private static bool IsZero(ReadOnlySpan<byte> key) => !key.ContainsAnyExcept((byte)0);
}

/// <summary>What the editor says.</summary>
internal static partial class DeviceEditorLog
{
    [LoggerMessage(EventId = 50, Level = LogLevel.Warning,
        Message = "set request: the port {Port} is not taken over; it belongs to the udp stage's listen in pipeline.yaml")]
    public static partial void PortIgnored(ILogger logger, int port);

    [LoggerMessage(EventId = 51, Level = LogLevel.Warning, Message = "set request refused: {What} is nothing that this device can have")]
    public static partial void NotPossible(ILogger logger, string what);
}
