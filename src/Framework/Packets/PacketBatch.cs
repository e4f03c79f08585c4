using System.Diagnostics;
using System.Runtime.CompilerServices;
using Culvert.Counters;

namespace Culvert.Packets;

/// <summary>
/// Packets that go through the chain together. A lane has one for each direction and uses it again and again: an endpoint fills it, each
/// stage sees it in turn, the sink writes it out. Not thread-safe: it belongs to the loop that runs it. Iterating yields every packet
/// that is not dropped:
/// <code>foreach (var packet in batch) { … }</code>
/// </summary>
public sealed class PacketBatch
{
    private readonly PacketSlot[] _slots;
    private readonly byte[] _slab;
    private readonly int _stride;
    private int _count;
    private int _dropped;
    private int _taken;
    private bool _compacted;

    /// <summary>Makes a batch with its own slab.</summary>
    /// <param name="capacity">The most packets it holds.</param>
    /// <param name="room">The room of each slot of the slab, in bytes.</param>
    /// <param name="pool">Where <see cref="Packet.TryTake"/> gets its slots.</param>
    /// <param name="direction">Which way its packets go.</param>
    public PacketBatch(int capacity, PacketRoom room, PacketPool pool, Direction direction)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Capacity = capacity;
        Room = room;
        Pool = pool;
        Direction = direction;
        _stride = room.Stride;
        _slots = new PacketSlot[capacity];
        // A slab that the operating system backs page by page as slots are first used: a quiet tunnel stays small.
        _slab = GC.AllocateUninitializedArray<byte>(capacity * _stride, pinned: true);
    }

    /// <summary>The most packets that it holds.</summary>
    public int Capacity { get; }

    /// <summary>The room of its own slots, in bytes.</summary>
    public PacketRoom Room { get; }

    /// <summary>Which way its packets go.</summary>
    public Direction Direction { get; }

    /// <summary>How many packets it holds, dropped ones included until the host compacts it between two stages.</summary>
    public int Count => _count;

    /// <summary>How many more can be added.</summary>
    public int Free => Capacity - _count;

    /// <summary>True when nothing more can be added.</summary>
    public bool IsFull => _count == Capacity;

    /// <summary>True when no packet in it is still to be passed on.</summary>
    public bool IsEmpty => _count == _dropped;

    /// <summary>
    /// When the batch was received: <see cref="TimeProvider.GetTimestamp"/>, read by the host once a batch, so that stages need not.
    /// </summary>
    public long Timestamp { get; set; }

    internal PacketPool Pool { get; }

    /// <summary>What the host is told of each drop, with the packet's mark; null when nobody listens.</summary>
    internal Action<Counter, uint>? OnDrop { get; set; }

    /// <summary>How many were dropped or taken since the last compaction.</summary>
    internal int DroppedCount => _dropped;

    /// <summary>How many of <see cref="DroppedCount"/> were taken.</summary>
    internal int TakenCount => _taken;

    /// <summary>The bytes of all packets, dropped ones included until the batch is compacted.</summary>
    internal long ByteCount
    {
        get
        {
            var bytes = 0L;
            foreach (ref var slot in Slots)
            {
                bytes += slot.Length;
            }

            return bytes;
        }
    }

    internal Span<PacketSlot> Slots => _slots.AsSpan(0, _count);

    /// <summary>A packet by its place, dropped or not.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public Packet this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count);
            return new Packet(ref _slots[index], this);
        }
    }

    /// <summary>The packets that are not dropped, in order. Adding while iterating is not allowed.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Adds a packet in the batch's own memory, with the planned headroom and tailroom around it. For endpoints.</summary>
    /// <param name="length">Bytes, 0 to <c>Room.Size</c>.</param>
    /// <returns>The packet; its content is what <see cref="FreeSlot"/> was filled with, or whatever was there.</returns>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public Packet Add(int length)
    {
        ThrowIfFull();
        if ((uint)length > (uint)Room.Size)
        {
            throw PacketError.TooLarge(length, Room.Size);
        }

        if (_compacted)
        {
            throw PacketError.AddAfterCompact();
        }

        var floor = _count * _stride;
        return AddSlot(_slab, floor, floor + Room.Headroom, length, floor + Room.Total);
    }

    /// <summary>
    /// The memory of a slot that is still free, so that an endpoint can receive into it before it knows the length;
    /// <see cref="Add(int)"/> then takes the slots in the same order.
    /// </summary>
    /// <param name="ahead">0 for the slot that the next Add takes, 1 for the one after it; less than <see cref="Free"/>.</param>
    /// <returns><c>Room.Size</c> bytes, pinned.</returns>
    public Span<byte> FreeSlot(int ahead)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)ahead, (uint)Free);
        return _slab.AsSpan(((_count + ahead) * _stride) + Room.Headroom, Room.Size);
    }

    /// <summary>
    /// Adds a packet that lies in an endpoint's own memory, to save a copy. The bytes between <paramref name="floor"/> and
    /// <paramref name="ceiling"/> must stay untouched by the endpoint until the batch is cleared. For endpoints.
    /// </summary>
    /// <param name="pinned">An array on the pinned heap.</param>
    /// <param name="floor">First byte that belongs to the packet as headroom.</param>
    /// <param name="start">First byte of the packet.</param>
    /// <param name="length">The packet's bytes.</param>
    /// <param name="ceiling">One past the last byte that belongs to the packet as tailroom.</param>
    public Packet AddForeign(byte[] pinned, int floor, int start, int length, int ceiling)
    {
        ArgumentNullException.ThrowIfNull(pinned);
        ThrowIfFull();
        if (floor < 0 || start < floor || length < 0 || start + length > ceiling || ceiling > pinned.Length)
        {
            throw new ArgumentException("floor ≤ start, start + length ≤ ceiling ≤ the array's length", nameof(pinned));
        }

        return AddSlot(pinned, floor, start, length, ceiling);
    }

    /// <summary>Forgets every packet.</summary>
    public void Clear()
    {
        _count = 0;
        _dropped = 0;
        _taken = 0;
        _compacted = false;
    }

    internal Packet AddLease(PacketLease lease)
    {
        ThrowIfFull();
        ref var slot = ref _slots[_count++];
        slot = lease.Owned;
        return new Packet(ref slot, this);
    }

    /// <summary>Closes the gaps that drops left, keeping the order.</summary>
    /// <returns>How many packets went.</returns>
    internal int Compact()
    {
        if (_dropped == 0)
        {
            return 0;
        }

        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (!_slots[i].Dropped)
            {
                if (kept != i)
                {
                    _slots[kept] = _slots[i];
                }

                kept++;
            }
        }

        var gone = _count - kept;
        Debug.Assert(gone == _dropped, "Each dropped packet is counted once.");
        _count = kept;
        _dropped = 0;
        _taken = 0;
        _compacted = true;
        return gone;
    }

    internal void NoteDrop(Counter reason, uint mark)
    {
        _dropped++;
        OnDrop?.Invoke(reason, mark);
    }

    internal void NoteTaken()
    {
        _dropped++;
        _taken++;
    }

    private Packet AddSlot(byte[] buffer, int floor, int start, int length, int ceiling)
    {
        ref var slot = ref _slots[_count++];
        slot.Buffer = buffer;
        slot.Floor = floor;
        slot.Start = start;
        slot.Length = length;
        slot.Ceiling = ceiling;
        slot.Mark = 0;
        slot.Dropped = false;
        slot.Endpoint = default;
        return new Packet(ref slot, this);
    }

    private void ThrowIfFull()
    {
        if (_count == Capacity)
        {
            throw PacketError.BatchFull(Capacity);
        }
    }

    /// <summary>Walks the packets that are not dropped.</summary>
    public ref struct Enumerator
    {
        private readonly PacketBatch _batch;
        private int _index;

        internal Enumerator(PacketBatch batch)
        {
            _batch = batch;
            _index = -1;
        }

        /// <summary>The packet at the present place.</summary>
        public readonly Packet Current => new(ref _batch._slots[_index], _batch);

        /// <summary>Goes to the next packet that is not dropped.</summary>
        public bool MoveNext()
        {
            while (++_index < _batch._count)
            {
                if (!_batch._slots[_index].Dropped)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
