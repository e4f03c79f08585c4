using System.Net;
using Culvert.Plugins.Encrypt.WireGuard.Routing;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The owner of each allowed-ips prefix, from which the snapshots are built: a prefix has at most one owner, and assigning it to another
/// peer takes it from the first. Used on the service thread only.
/// </summary>
internal sealed class PrefixOwners
{
    private readonly Dictionary<IPNetwork, Peer> _owners = [];
    private readonly HashSet<Peer> _changed = [];

    /// <summary>Assigns a prefix to a peer; another owner loses it.</summary>
    public void Assign(IPNetwork prefix, Peer peer)
    {
        if (_owners.TryGetValue(prefix, out var owner))
        {
            if (owner == peer)
            {
                return;
            }

            owner.Prefixes.Remove(prefix);
            _changed.Add(owner);
        }

        _owners[prefix] = peer;
        peer.Prefixes.Add(prefix);
        _changed.Add(peer);
    }

    /// <summary>Removes a prefix from a peer, if the peer owns it.</summary>
    public void Release(IPNetwork prefix, Peer peer)
    {
        if (_owners.TryGetValue(prefix, out var owner) && owner == peer)
        {
            _owners.Remove(prefix);
            peer.Prefixes.Remove(prefix);
            _changed.Add(peer);
        }
    }

    /// <summary>Removes all prefixes from a peer.</summary>
    public void ReleaseAll(Peer peer)
    {
        foreach (var prefix in peer.Prefixes)
        {
            _owners.Remove(prefix);
        }

        peer.Prefixes.Clear();
        _changed.Add(peer);
    }

    /// <summary>Shows each changed peer's prefixes and returns the snapshot that the data loops search.</summary>
    public AllowedIps<Peer> TakeSnapshot()
    {
        foreach (var peer in _changed)
        {
            peer.ShowAllowedIps();
        }

        _changed.Clear();
        return new AllowedIps<Peer>([.. _owners.Select(entry => (entry.Key, entry.Value))]);
    }
}
