using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The indexes that peers put into messages to us: random, so that they tell nothing, each leading to a peer and, once its handshake is
/// done, to a keypair. Looked up by any thread without a lock; changed by the service thread only.
/// </summary>
internal sealed class IndexTable
{
    private readonly ConcurrentDictionary<uint, Entry> _entries = new();

    /// <summary>The number of indexes in use.</summary>
    public int Count => _entries.Count;

    /// <summary>Reserves a new index for a handshake with a peer; never 0, which stands for none.</summary>
    public uint Reserve(Peer peer)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        uint index;
        do
        {
            Secrets.FillRandom(bytes);
            index = BitConverter.ToUInt32(bytes);
        }
        while (index == 0 || !_entries.TryAdd(index, new Entry(peer, null)));

        return index;
    }

    /// <summary>The handshake is done: the index now leads to its keypair.</summary>
    public void Promote(Keypair keypair) => _entries[keypair.LocalIndex] = new Entry(keypair.Peer, keypair);

    /// <summary>Releases an index; 0 need not be in use.</summary>
    public void Release(uint index) => _entries.TryRemove(index, out _);

    /// <summary>The keypair of an index.</summary>
    public bool TryGetKeypair(uint index, [NotNullWhen(true)] out Keypair? keypair)
    {
        keypair = _entries.TryGetValue(index, out var entry) ? entry.Keypair : null;
        return keypair is not null;
    }

    /// <summary>The peer of an index, whatever the state of its handshake.</summary>
    public bool TryGetPeer(uint index, [NotNullWhen(true)] out Peer? peer)
    {
        peer = _entries.TryGetValue(index, out var entry) ? entry.Peer : null;
        return peer is not null;
    }

    private sealed record Entry(Peer Peer, Keypair? Keypair);
}
