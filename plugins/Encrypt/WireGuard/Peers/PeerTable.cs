using System.Diagnostics.CodeAnalysis;
using Culvert.Algorithms;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The peers by their public keys, allowed-ips and indexes. The data loops read <see cref="Routes"/> and <see cref="Indexes"/>; changes
/// belong to the service thread, and <see cref="Publish"/> makes them visible.
/// </summary>
internal sealed class PeerTable(LocalEnd local) : IDisposable
{
    private readonly Dictionary<PublicKey, Peer> _peers = [];
    private readonly List<Peer> _removed = [];
    private readonly HeldBudget _held = new(HeldPackets.TotalCapacity);
    private volatile Peer[]? _snapshot = [];

    /// <summary>The indexes of handshakes and keypairs. Any thread.</summary>
    public IndexTable Indexes { get; } = new();

    /// <summary>The owner of each prefix; published by <see cref="Publish"/>.</summary>
    public PrefixOwners Prefixes { get; } = new();

    /// <summary>
    /// Cryptokey routing (WireGuard paper, section 2): the peer of an inner address, as of the last <see cref="Publish"/>. Any thread.
    /// </summary>
    public PrefixTable<Peer> Routes => Prefixes.Routes;

    /// <summary>The current peers.</summary>
    public IReadOnlyCollection<Peer> All => _peers.Values;

    /// <summary>The peers as of the last <see cref="Publish"/>. Any thread.</summary>
    public IReadOnlyList<Peer> Snapshot => _snapshot ?? List();

    /// <summary>Finds the peer of a public key.</summary>
    public bool TryGet(PublicKey key, [NotNullWhen(true)] out Peer? peer) => _peers.TryGetValue(key, out peer);

    /// <summary>Adds a peer without allowed-ips.</summary>
    /// <exception cref="ArgumentException">A peer has that key already.</exception>
    public Peer Add(PublicKey key)
    {
        var peer = new Peer(local, Indexes, _held, key);
        lock (_peers)
        {
            _peers.Add(key, peer);
        }

        return peer;
    }

    /// <summary>Removes a peer. <see cref="Publish"/> must follow: a peer is disposed once no route leads to it.</summary>
    public void Remove(Peer peer)
    {
        lock (_peers)
        {
            _peers.Remove(peer.Key);
        }

        Prefixes.ReleaseAll(peer);
        peer.Stop();
        _removed.Add(peer);
    }

    /// <summary>Shows the current peers and their prefixes to the data loops and the status.</summary>
    public void Publish()
    {
        // Listed when somebody asks, so that a request costs what it changes.
        _snapshot = null;
        Prefixes.Publish();
        _removed.ForEach(local.Retire);
        _removed.Clear();
    }

    private Peer[] List()
    {
        lock (_peers)
        {
            return _snapshot ??= [.. _peers.Values];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var peer in _peers.Values.Concat(_removed))
        {
            peer.Dispose();
        }

        _peers.Clear();
        _removed.Clear();
    }
}
