using System.Diagnostics.CodeAnalysis;
using Culvert.Packets;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Packets that wait for a handshake, at most <see cref="Capacity"/>; a further one pushes the oldest out, as the newest are of the most
/// use when the keys arrive. Thread-safe: the outbound loops add, the service thread takes.
/// </summary>
internal sealed class HeldPackets
{
    /// <summary>The most packets that wait for one peer.</summary>
    public const int Capacity = 128;

    private readonly Queue<PacketLease> _queue = new();
    private bool _isClosed;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get { lock (_queue) { return _queue.Count; } }
    }

    /// <summary>Adds a packet.</summary>
    /// <returns>True when a packet was given back to its pool: the oldest one for want of room, or this one after <see cref="Close"/>.</returns>
    public bool Add(PacketLease lease)
    {
        PacketLease? surplus = null;
        lock (_queue)
        {
            if (_isClosed)
            {
                surplus = lease;
            }
            else
            {
                surplus = _queue.Count == Capacity ? _queue.Dequeue() : null;
                _queue.Enqueue(lease);
            }
        }

        surplus?.Dispose();
        return surplus is not null;
    }

    /// <summary>Takes the oldest packet.</summary>
    public bool TryTake([NotNullWhen(true)] out PacketLease? lease)
    {
        lock (_queue)
        {
            return _queue.TryDequeue(out lease);
        }
    }

    /// <summary>Gives every packet back to its pool.</summary>
    /// <returns>How many there were.</returns>
    public int Clear()
    {
        var count = 0;
        while (TryTake(out var lease))
        {
            lease.Dispose();
            count++;
        }

        return count;
    }

    /// <summary>Gives every packet back to its pool, and those that are added later.</summary>
    public void Close()
    {
        lock (_queue)
        {
            _isClosed = true;
        }

        Clear();
    }
}
