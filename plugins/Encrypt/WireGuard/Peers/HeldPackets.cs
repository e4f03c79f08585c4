using Culvert.Counters;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Packets that wait for a handshake with one peer, at most <see cref="Capacity"/>; a further one pushes the oldest out, as the newest are of
/// the most use when the keys arrive. When the packets of all peers together reach their limit, the oldest packet of the peer with the most goes.
/// Thread-safe: the outbound loops add, the service thread takes.
/// </summary>
/// <param name="budget">The packets of all peers.</param>
/// <param name="counters">The reasons for drops.</param>
internal sealed class HeldPackets(HeldBudget budget, TunnelCounters counters)
{
    /// <summary>The maximum number of packets that wait for one peer.</summary>
    public const int Capacity = 128;

    /// <summary>The maximum number of packets that wait for all peers together: a quarter of the pool.</summary>
    public const int TotalCapacity = 1024;

    private readonly Queue<PacketLease> _queue = new();
    private DropReason? _closed;

    /// <summary>The number of packets that wait.</summary>
    public int Count
    {
        get { lock (budget.Gate) { return _queue.Count; } }
    }

    /// <summary>Adds a packet; after <see cref="Close"/> it is dropped.</summary>
    public void Add(PacketLease lease)
    {
        PacketLease surplus = default;
        DropReason reason;
        lock (budget.Gate)
        {
            if (_closed is not null)
            {
                (surplus, reason) = (lease, _closed);
            }
            else
            {
                reason = _queue.Count == Capacity ? counters.QueueOverflow : counters.HeldOverflow;
                surplus = _queue.Count == Capacity ? Dequeue() : budget.IsFull ? budget.Longest!.Dequeue() : default;
                _queue.Enqueue(lease);
                budget.Move(this, _queue.Count - 1, _queue.Count);
            }
        }

        if (surplus.IsHeld)
        {
            surplus.Drop(reason);
        }
    }

    /// <summary>Takes the oldest packet.</summary>
    public bool TryTake(out PacketLease lease)
    {
        lock (budget.Gate)
        {
            var any = _queue.Count > 0;
            lease = any ? Dequeue() : default;
            return any;
        }
    }

    /// <summary>Drops the oldest packet of the peer with the most, so that its memory is free.</summary>
    /// <returns>False when no packet waits.</returns>
    public bool TryEvict()
    {
        PacketLease lease;
        lock (budget.Gate)
        {
            if (budget.Longest is not { } longest)
            {
                return false;
            }

            lease = longest.Dequeue();
        }

        lease.Drop(counters.HeldOverflow);
        return true;
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
        lock (budget.Gate)
        {
            _closed = reason;
        }

        DropAll(reason);
    }

    private PacketLease Dequeue()
    {
        var lease = _queue.Dequeue();
        budget.Move(this, _queue.Count + 1, _queue.Count);
        return lease;
    }
}
