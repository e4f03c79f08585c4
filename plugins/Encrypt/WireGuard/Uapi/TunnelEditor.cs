using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Peers;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>
/// Carries out a set request on a tunnel, on its service thread: the settings of the socket first, as only these can be refused.
/// </summary>
internal static class TunnelEditor
{
    /// <summary>Carries out a valid request.</summary>
    public static UapiErrno Apply(Tunnel tunnel, SetRequest request)
    {
        if (SocketEditor.Apply(tunnel.Local, request) is not UapiErrno.None and var refused)
        {
            return refused;
        }

        if (request.PrivateKey is { } privateKey)
        {
            tunnel.SetIdentity(IsZero(privateKey.Span) ? null : X25519Key.Import(privateKey.Span));
        }

        if (request.ReplacePeers)
        {
            foreach (var peer in tunnel.Peers.All.ToArray())
            {
                tunnel.Peers.Remove(peer);
            }
        }

        var changed = request.Peers.Select(change => (Peer: Apply(tunnel, change), Change: change)).ToArray();
        tunnel.Peers.Publish();
        // Keepalives begin handshakes: they come when everything else is in place. A later section may have removed the peer.
        foreach (var (peer, change) in changed)
        {
            if (change.Keepalive is { } keepalive && peer is not null && tunnel.Peers.TryGet(peer.Key, out var present) && present == peer)
            {
                peer.SetKeepalive(keepalive);
            }
        }

        return UapiErrno.None;
    }

    private static Peer? Apply(Tunnel tunnel, PeerChange change)
    {
        var known = tunnel.Peers.TryGet(change.Key, out var peer);
        if (change.Remove)
        {
            if (known)
            {
                tunnel.Peers.Remove(peer!);
            }

            return null;
        }

        // A configuration that serves several ends may name this end as a peer: WireGuard passes over it.
        if ((!known && change.UpdateOnly) || change.Key == tunnel.Local.PublicKey)
        {
            return null;
        }

        peer ??= tunnel.Peers.Add(change.Key);
        if (change.PresharedKey is { } presharedKey)
        {
            peer.Handshake.SetPresharedKey(presharedKey.Span);
        }

        if (change.Endpoint is { } endpoint)
        {
            peer.Endpoint.Configure(new EndpointChoices(new EndpointChoice(endpoint)));
        }

        ApplyAllowedIps(tunnel.Peers.Prefixes, peer, change);
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
