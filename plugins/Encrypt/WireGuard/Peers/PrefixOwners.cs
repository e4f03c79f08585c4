using System.Net;
using Culvert.Algorithms;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The owner of each allowed-ips prefix: a prefix has at most one owner, and assigning it to another peer takes it from the first. Changes
/// belong to the service thread; <see cref="Publish"/> makes them visible in <see cref="Routes"/>, at the cost of what changed.
/// </summary>
internal sealed class PrefixOwners
{
    private readonly Dictionary<IPNetwork, Peer> _owners = [];
    private readonly Dictionary<IPNetwork, Peer?> _pending = [];
    private readonly HashSet<Peer> _changed = [];
    private volatile PrefixTable<Peer> _routes = new([]);

    /// <summary>The peer of an inner address, as of the last <see cref="Publish"/>. Any thread.</summary>
    public PrefixTable<Peer> Routes => _routes;

    /// <summary>Assigns a prefix to a peer; another owner loses it.</summary>
    public void Assign(IPNetwork prefix, Peer peer)
    {
        if (_owners.TryGetValue(prefix, out var owner))
        {
            if (owner == peer)
            {
                return;
            }

            owner.RemovePrefix(prefix);
            _changed.Add(owner);
        }

        _owners[prefix] = peer;
        _pending[prefix] = peer;
        peer.AddPrefix(prefix);
        _changed.Add(peer);
    }

    /// <summary>Removes a prefix from a peer, if the peer owns it.</summary>
    public void Release(IPNetwork prefix, Peer peer)
    {
        if (_owners.TryGetValue(prefix, out var owner) && owner == peer)
        {
            _owners.Remove(prefix);
            _pending[prefix] = null;
            peer.RemovePrefix(prefix);
            _changed.Add(peer);
        }
    }

    /// <summary>Removes all prefixes from a peer.</summary>
    public void ReleaseAll(Peer peer)
    {
        foreach (var prefix in peer.Prefixes)
        {
            _owners.Remove(prefix);
            _pending[prefix] = null;
        }

        peer.ClearPrefixes();
        _changed.Add(peer);
    }

    /// <summary>Shows each changed peer's prefixes, and makes the changes visible to the data loops.</summary>
    public void Publish()
    {
        foreach (var peer in _changed)
        {
            peer.ShowAllowedIps();
        }

        _changed.Clear();
        _routes = _routes.With(_pending);
        _pending.Clear();
    }
}
