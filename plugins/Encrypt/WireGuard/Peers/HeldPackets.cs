using Culvert.Counters;
using Culvert.Packets;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Packets that wait for a handshake, at most <see cref="Capacity"/>; a further one pushes the oldest out, as the newest are of the most
/// use when the keys arrive. Thread-safe: the outbound loops add, the service thread takes.
/// </summary>
internal sealed class HeldPackets
{
    /// <summary>The maximum number of packets that wait for one peer.</summary>
    public const int Capacity = 128;

    private readonly Queue<PacketLease> _queue = new();
    private DropReason? _closed;

    /// <summary>The number of packets that wait.</summary>
    public int Count
    {
        get { lock (_queue) { return _queue.Count; } }
    }

    /// <summary>Adds a packet; after <see cref="Close"/> it is dropped.</summary>
    /// <param name="lease">The packet.</param>
    /// <param name="overflow">Why the oldest packet is dropped when the queue is full.</param>
    public void Add(PacketLease lease, DropReason overflow)
    {
        PacketLease surplus = default;
        lock (_queue)
        {
            if (_closed is not null)
            {
                (surplus, overflow) = (lease, _closed);
            }
            else
            {
                surplus = _queue.Count == Capacity ? _queue.Dequeue() : default;
                _queue.Enqueue(lease);
            }
        }

        if (surplus.IsHeld)
        {
            surplus.Drop(overflow);
        }
    }

    /// <summary>Takes the oldest packet.</summary>
    public bool TryTake(out PacketLease lease)
    {
        lock (_queue)
        {
            return _queue.TryDequeue(out lease);
        }
    }

    /// <summary>Drops every packet.</summary>
    /// <param name="reason">Why.</param>
    public void DropAll(DropReason reason)
    {
        while (TryTake(out var lease))
        {
            lease.Drop(reason);
        }
    }

    /// <summary>Drops every packet, and those that are added later.</summary>
    /// <param name="reason">Why.</param>
    public void Close(DropReason reason)
    {
        lock (_queue)
        {
            _closed = reason;
        }

        DropAll(reason);
    }
}
