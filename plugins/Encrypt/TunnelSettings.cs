using System.Collections.Frozen;
using System.Net;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt;

/// <summary>
/// The keys and peers of an entry, with all key files read: a key that cannot be read is reported before anything changes.
/// <see cref="Apply"/> gives a tunnel exactly these, at the cost of what differs. Disposing wipes the keys.
/// </summary>
internal sealed class TunnelSettings : IDisposable
{
    private const string KeyRemedy = "run 'culvert keygen' and write its output to a file that only this user may read";

    private readonly EncryptOptions _options;
    private readonly SecretBytes? _privateKey;
    private readonly Dictionary<PublicKey, SecretBytes> _presharedKeys = [];

    private TunnelSettings(EncryptOptions options, SecretBytes? privateKey) => (_options, _privateKey) = (options, privateKey);

    /// <summary>The public keys of an entry's peers.</summary>
    public static FrozenSet<PublicKey> PeersOf(EncryptOptions options) => options.Peers.Select(peer => peer.PublicKey).ToFrozenSet();

    /// <summary>Reads the key files.</summary>
    /// <param name="options">Options that were found valid.</param>
    /// <exception cref="StageStartException">A key file has changed since it was validated.</exception>
    public static TunnelSettings Read(EncryptOptions options)
    {
        var privateKey = KeySource.Read(options.PrivateKeyFile, options.PrivateKey, out var error);
        if (error is not null)
        {
            throw new StageStartException(error, KeyRemedy);
        }

        var settings = new TunnelSettings(options, privateKey);
        foreach (var peer in options.Peers)
        {
            var presharedKey = KeySource.Read(peer.PresharedKeyFile, peer.PresharedKey, out error);
            if (error is not null)
            {
                settings.Dispose();
                throw new StageStartException(error, KeyRemedy);
            }

            if (presharedKey is not null)
            {
                settings._presharedKeys[peer.PublicKey] = presharedKey;
            }
        }

        return settings;
    }

    /// <summary>Creates this end's key pair, which the caller disposes; null where the file has none.</summary>
    public X25519Key? CreateIdentity() => _privateKey is null ? null : X25519Key.Import(_privateKey.Span);

    /// <summary>
    /// Makes keys and peers those of the entry, except keepalives. A peer that does not change keeps its session, its learned endpoint and its
    /// cookies. Service thread, or before the first batch.
    /// </summary>
    public void Apply(Tunnel tunnel)
    {
        if (CreateIdentity() is { } identity)
        {
            tunnel.SetIdentity(identity);
        }

        tunnel.Local.SetRekeyAfter(_options.RekeyAfter);
        tunnel.Local.Dscp = _options.Dscp;
        var wanted = PeersOf(_options);
        foreach (var peer in tunnel.Peers.All.Where(peer => !wanted.Contains(peer.Key)).ToArray())
        {
            tunnel.Peers.Remove(peer);
        }

        var changed = _options.Peers.Select(options => (Peer: ApplyOwn(tunnel, options), options.AllowedIps)).ToArray();

        // A prefix may move from one peer to another: all are released before one is assigned.
        foreach (var (peer, prefixes) in changed)
        {
            Release(tunnel, peer, [.. prefixes]);
        }

        foreach (var (peer, prefixes) in changed)
        {
            foreach (var prefix in prefixes)
            {
                tunnel.Peers.Prefixes.Assign(prefix, peer);
            }
        }

        tunnel.Peers.Publish();
    }

    /// <summary>Sets the keepalives, which begin handshakes: after everything else. Service thread.</summary>
    /// <param name="tunnel">A tunnel that has these settings.</param>
    /// <param name="options">Where the keepalives are.</param>
    public static void StartKeepalives(Tunnel tunnel, EncryptOptions options)
    {
        foreach (var wanted in options.Peers)
        {
            if (tunnel.Peers.TryGet(wanted.PublicKey, out var peer) && peer.KeepaliveInterval != wanted.Keepalive)
            {
                peer.SetKeepalive(wanted.Keepalive);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _privateKey?.Dispose();
        foreach (var key in _presharedKeys.Values)
        {
            key.Dispose();
        }
    }

    private static void Release(Tunnel tunnel, Peer peer, HashSet<IPNetwork> wanted)
    {
        foreach (var prefix in peer.Prefixes.Where(prefix => !wanted.Contains(prefix)).ToArray())
        {
            tunnel.Peers.Prefixes.Release(prefix, peer);
        }
    }

    private Peer ApplyOwn(Tunnel tunnel, PeerOptions options)
    {
        if (!tunnel.Peers.TryGet(options.PublicKey, out var peer))
        {
            peer = tunnel.Peers.Add(options.PublicKey);
        }

        peer.SetName(options.Name);
        var presharedKey = _presharedKeys.TryGetValue(options.PublicKey, out var own) ? own.Span : stackalloc byte[KeyText.KeySize];
        if (!Secrets.AreEqual(presharedKey, peer.Handshake.PresharedKey))
        {
            peer.Handshake.SetPresharedKey(presharedKey);
        }

        if (!Equals(options.Endpoint, peer.Endpoint.Configured))
        {
            peer.Endpoint.Configure(options.Endpoint);
        }

        return peer;
    }
}
