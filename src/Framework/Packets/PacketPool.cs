namespace Culvert.Packets;

/// <summary>
/// A bounded pool of packet slots on pinned slabs, for packets that outlive their batch. Thread-safe. Slots are made in blocks as they
/// are first needed, so that a quiet tunnel stays small; renting a slot that exists allocates nothing.
/// </summary>
/// <param name="room">The room of every slot, in bytes.</param>
/// <param name="capacity">The maximum number of rented packets.</param>
/// <param name="time">The clock for the age of rented packets.</param>
internal sealed class PacketPool(PacketRoom room, int capacity, TimeProvider time)
{
    private const int SlotsPerBlock = 64;
    private const int ReserveDivisor = 16;

    // What stages write themselves, such as a tunnel's handshakes, never waits for what they keep of the traffic.
    private readonly int _reserve = capacity / ReserveDivisor;

    private readonly Lock _gate = new();
    private readonly List<PooledPacket> _packets = [];
    private PooledPacket? _free;
    private int _inUse;

    /// <summary>The room of each slot.</summary>
    public PacketRoom Room => room;

    /// <summary>The maximum number of rented packets.</summary>
    public int Capacity => capacity;

    /// <summary>Called, on the thread that asked, whenever the pool is empty. It must not throw.</summary>
    public Action? OnEmpty { get; set; }

    /// <summary>The number of rented packets: held by stages or on their way.</summary>
    public int InUse
    {
        get { lock (_gate) { return _inUse; } }
    }

    /// <summary>Rents a packet to be written.</summary>
    /// <param name="holder">The stage; null outside a pipeline.</param>
    /// <param name="length">The packet's length in bytes; headroom and tailroom come on top.</param>
    /// <param name="lease">The packet; its content is undefined.</param>
    /// <returns>False when all slots are out or <paramref name="length"/> does not fit one.</returns>
    public bool TryRent(PacketHolder? holder, int length, out PacketLease lease)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return TryOpen(holder, length, null, out lease, out _);
    }

    /// <summary>Rents a packet and copies one of a batch into it. A sixteenth of the pool is left to <see cref="TryRent"/>.</summary>
    public bool TryTake(PacketHolder? holder, in PacketSlot from, Direction direction, out PacketLease lease)
    {
        if (!TryOpen(holder, from.Length, direction, out lease, out var packet))
        {
            return false;
        }

        from.Data.CopyTo(packet!.Slot.Data);
        packet.Slot.Endpoint = from.Endpoint;
        packet.Slot.TrafficClass = from.TrafficClass;
        packet.Slot.MayFragment = from.MayFragment;
        packet.Slot.Mark = from.Mark;
        return true;
    }

    public void Return(PooledPacket packet)
    {
        lock (_gate)
        {
            packet.Next = _free;
            _free = packet;
            _inUse--;
        }
    }

    /// <summary>Reclaims the packets of a stage that is gone; its leases become invalid.</summary>
    /// <returns>How many packets it held.</returns>
    public int Reclaim(PacketHolder holder)
    {
        PooledPacket[] packets;
        lock (_gate)
        {
            packets = [.. _packets.Where(packet => packet.IsHeld && packet.Holder == holder)];
        }

        var reclaimed = 0;
        foreach (var packet in packets.Where(packet => packet.TryTakeOver()))
        {
            holder.NoteDisposed(packet.TakenFrom);
            packet.Return();
            reclaimed++;
        }

        return reclaimed;
    }

    /// <summary>The stages that hold packets now, the one with most first. A snapshot: packets change hands meanwhile.</summary>
    public IReadOnlyList<(string Id, int Packets, TimeSpan Oldest)> Holders()
    {
        lock (_gate)
        {
            return [.. _packets.Where(packet => packet.IsHeld && packet.Holder is not null)
                .GroupBy(packet => packet.Holder!.Id)
                .Select(held => (held.Key, held.Count(), time.GetElapsedTime(held.Min(packet => packet.Since))))
                .OrderByDescending(held => held.Item2)];
        }
    }

    private bool TryOpen(PacketHolder? holder, int length, Direction? takenFrom, out PacketLease lease, out PooledPacket? packet)
    {
        lease = default;
        packet = length <= room.Size ? Pop(takenFrom is null ? 0 : _reserve) : null;
        if (packet is null)
        {
            return false;
        }

        lease = new PacketLease(packet, packet.Open(room, length, holder, takenFrom, time.GetTimestamp()));
        holder?.NoteOpened(takenFrom is not null);
        return true;
    }

    private PooledPacket? Pop(int reserve)
    {
        PooledPacket? packet = null;
        lock (_gate)
        {
            if (_inUse + reserve < capacity && (_free is not null || TryGrow()))
            {
                packet = _free!;
                _free = packet.Next;
                packet.Next = null;
                _inUse++;
            }
        }

        if (packet is null)
        {
            OnEmpty?.Invoke();
        }

        return packet;
    }

    private bool TryGrow()
    {
        var count = Math.Min(SlotsPerBlock, capacity - _packets.Count);
        if (count <= 0)
        {
            return false;
        }

        var stride = room.Stride;
        var block = GC.AllocateUninitializedArray<byte>(count * stride, pinned: true);
        for (var i = count - 1; i >= 0; i--)
        {
            _free = new PooledPacket(this, block, i * stride) { Next = _free };
            _packets.Add(_free);
        }

        return true;
    }
}
