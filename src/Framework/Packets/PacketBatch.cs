using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Counters;

namespace Culvert.Packets;

/// <summary>
/// Packets that go through the chain together. A lane has one for each direction and reuses it: an endpoint fills it through a
/// <see cref="PacketFiller"/>, each stage sees it in turn, the sink writes it out. A stage can read, change, drop and take packets; it
/// cannot add, clear or reorder. Not thread-safe: it belongs to the loop that runs it. Iterating yields every packet that is not
/// dropped:
/// <code>foreach (var packet in batch) { … }</code>
/// </summary>
public sealed class PacketBatch
{
    private readonly PacketSlot[] _slots;
    private readonly byte[] _slab;
    private readonly int _stride;
    private int _count;
    private int _gone;
    private int _taken;
    private int _consumed;
    private int _refused;
    private bool _compacted;

    internal PacketBatch(int capacity, PacketRoom room, PacketPool pool, Direction direction)
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

    /// <summary>The largest number of packets in the batch.</summary>
    public int Capacity { get; }

    /// <summary>The direction of its packets.</summary>
    public Direction Direction { get; }

    /// <summary>The number of packets, dropped ones included until the host compacts the batch between two stages.</summary>
    public int Count => _count;

    /// <summary>Whether no packet is left to pass on.</summary>
    public bool IsEmpty => _count == _gone;

    /// <summary>
    /// The time at which the batch was received: <see cref="TimeProvider.GetTimestamp"/>, read by the host once a batch, so that stages
    /// need not.
    /// </summary>
    public long Timestamp { get; internal set; }

    /// <summary>The room of its own slots, in bytes.</summary>
    internal PacketRoom Room { get; }

    /// <summary>The source of the slots for <see cref="Packet.TryTake"/>.</summary>
    internal PacketPool Pool { get; }

    /// <summary>The stage that has the batch now; it holds what it takes.</summary>
    internal PacketHolder? Holder { get; set; }

    /// <summary>Called for each drop, with the packet's mark; null without a listener.</summary>
    internal Action<DropReason, uint>? OnDrop { get; set; }

    /// <summary>Records how packets leave; null without a listener.</summary>
    internal Departures? Departures { get; set; }

    /// <summary>The number of packets that left since the last compaction: dropped, taken or consumed.</summary>
    internal int GoneCount => _gone;

    /// <summary>The part of <see cref="GoneCount"/> that was taken as leases.</summary>
    internal int TakenCount => _taken;

    /// <summary>The part of <see cref="GoneCount"/> that was consumed.</summary>
    internal int ConsumedCount => _consumed;

    /// <summary>The number of packets that are out of the batch for now: they pass by the stage that has it.</summary>
    internal int AsideCount { get; set; }

    /// <summary>The number of packets that the endpoint dropped while it filled the batch; they were never added.</summary>
    internal int RefusedCount => _refused;

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

    /// <summary>Enumerates the packets that are not dropped, in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <inheritdoc cref="PacketFiller.Add"/>
    internal Packet Add(int length)
    {
        ThrowIfFull();
        if ((uint)length > (uint)Room.Size)
        {
            throw PacketError.TooLarge(length, Room.Size);
        }

        Debug.Assert(!_compacted, "A batch is filled after it was cleared, before a stage has seen it.");
        var floor = _count * _stride;
        return AddSlot(_slab, floor, floor + Room.Headroom, length, floor + Room.Total);
    }

    /// <inheritdoc cref="PacketFiller.FreeSlot"/>
    internal Span<byte> FreeSlot(int ahead)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)ahead, (uint)(Capacity - _count));
        return _slab.AsSpan(((_count + ahead) * _stride) + Room.Headroom, Room.Size);
    }

    /// <inheritdoc cref="PacketFiller.AddForeign"/>
    internal Packet AddForeign(byte[] pinned, int floor, int start, int length, int ceiling)
    {
        ArgumentNullException.ThrowIfNull(pinned);
        ThrowIfFull();
        if (floor < 0 || start < floor || length < 0 || start + length > ceiling || ceiling > pinned.Length)
        {
            throw new ArgumentException("floor ≤ start, start + length ≤ ceiling ≤ the array's length", nameof(pinned));
        }

        return AddSlot(pinned, floor, start, length, ceiling);
    }

    /// <summary>Adds a packet that a stage emitted; the slot belongs to the batch's owner until the walk is over.</summary>
    internal Packet AddEmitted(PooledPacket packet)
    {
        ThrowIfFull();
        ref var slot = ref _slots[_count++];
        slot = packet.Slot;
        return new Packet(ref slot, this);
    }

    /// <summary>Forgets every packet. The caller has counted what is lost by it.</summary>
    internal void Clear()
    {
        _count = 0;
        _gone = 0;
        _taken = 0;
        _consumed = 0;
        _refused = 0;
        _compacted = false;
        AsideCount = 0;
    }

    /// <summary>Covers so many slots from the first on. The caller keeps the others, or has filled them.</summary>
    internal void Resize(int count) => _count = count;

    /// <summary>Closes the gaps that drops left, keeping the order.</summary>
    /// <returns>How many packets left.</returns>
    internal int Compact()
    {
        if (_gone == 0)
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
        Debug.Assert(gone == _gone, "Each packet that left is counted once.");
        _count = kept;
        _gone = 0;
        _taken = 0;
        _consumed = 0;
        _compacted = true;
        return gone;
    }

    internal void NoteDrop(DropReason reason, ref PacketSlot slot)
    {
        _gone++;
        Departures?.Note(PlaceOf(ref slot), DepartureKind.Dropped, reason);
        OnDrop?.Invoke(reason, slot.Mark);
    }

    internal void NoteTaken(ref PacketSlot slot)
    {
        _gone++;
        _taken++;
        Departures?.Note(PlaceOf(ref slot), DepartureKind.Taken, null);
    }

    internal void NoteConsumed(ref PacketSlot slot)
    {
        _gone++;
        _consumed++;
        Departures?.Note(PlaceOf(ref slot), DepartureKind.Consumed, null);
    }

    internal void NoteRefused(DropReason reason, int packets)
    {
        _refused += packets;
        reason.Count(packets);
    }

    private int PlaceOf(ref PacketSlot slot) =>
        (int)(Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(_slots), ref slot) / Unsafe.SizeOf<PacketSlot>());

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
        slot.TrafficClass = 0;
        slot.MayFragment = false;
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

    /// <summary>Enumerates the packets that are not dropped.</summary>
    public ref struct Enumerator
    {
        private readonly PacketBatch _batch;
        private int _index;

        internal Enumerator(PacketBatch batch)
        {
            _batch = batch;
            _index = -1;
        }

        /// <summary>The current packet.</summary>
        public readonly Packet Current => new(ref _batch._slots[_index], _batch);

        /// <summary>Advances to the next packet that is not dropped.</summary>
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
