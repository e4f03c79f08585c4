using System.Diagnostics.CodeAnalysis;

namespace Culvert.Packets;

/// <summary>
/// A bounded pool of packet slots on one pinned slab, for packets that outlive their batch. Thread-safe. Slots are made in blocks as
/// they are first needed, so that a quiet tunnel stays small; renting a slot that exists allocates nothing.
/// </summary>
public sealed class PacketPool
{
    private const int SlotsPerBlock = 64;

    private readonly Lock _gate = new();
    private PacketLease? _free;
    private int _made;

    /// <summary>Makes a pool.</summary>
    /// <param name="room">The room of every slot, in bytes.</param>
    /// <param name="capacity">How many packets may be out at once.</param>
    public PacketPool(PacketRoom room, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(room.Total);
        Room = room;
        Capacity = capacity;
    }

    /// <summary>The room of each slot.</summary>
    public PacketRoom Room { get; }

    /// <summary>How many packets may be out at once.</summary>
    public int Capacity { get; }

    /// <summary>How many are out now.</summary>
    public int InUse
    {
        get { lock (_gate) { return _inUse; } }
    }

    private int _inUse;

    /// <summary>Rents a slot.</summary>
    /// <param name="length">The packet's length in bytes; headroom and tailroom come on top.</param>
    /// <param name="lease">The packet; its content is whatever was there.</param>
    /// <returns>False when all slots are out or <paramref name="length"/> does not fit one.</returns>
    public bool TryRent(int length, [NotNullWhen(true)] out PacketLease? lease)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        lease = null;
        if (length > Room.Size)
        {
            return false;
        }

        lock (_gate)
        {
            if (_free is null && !TryGrow())
            {
                return false;
            }

            lease = _free!;
            _free = lease.Next;
            _inUse++;
        }

        lease.Next = null;
        lease.Open(Room, length);
        return true;
    }

    internal void Return(PacketLease lease)
    {
        lock (_gate)
        {
            lease.Next = _free;
            _free = lease;
            _inUse--;
        }
    }

    private bool TryGrow()
    {
        var count = Math.Min(SlotsPerBlock, Capacity - _made);
        if (count <= 0)
        {
            return false;
        }

        var stride = Room.Stride;
        var block = GC.AllocateUninitializedArray<byte>(count * stride, pinned: true);
        for (var i = count - 1; i >= 0; i--)
        {
            _free = new PacketLease(this, block, i * stride) { Next = _free };
        }

        _made += count;
        return true;
    }
}
