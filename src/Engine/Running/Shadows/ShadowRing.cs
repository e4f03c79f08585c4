using System.Runtime.InteropServices;
using Culvert.Counters;
using Culvert.Packets;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// Copies of packets on their way from one direction of one lane to the candidate: as each came to the live stage, and as it left. Bounded; full,
/// it takes nothing, and no side waits for the other. One thread writes, one reads.
/// </summary>
internal sealed class ShadowRing
{
    private readonly Record[] _records;
    private readonly byte[] _bytes;
    private readonly int _stride;
    private Ends _ends;

    /// <param name="capacity">The most packets in it, a power of two.</param>
    /// <param name="maxLength">The longest packet in bytes.</param>
    public ShadowRing(int capacity, int maxLength)
    {
        (MaxLength, _stride) = (maxLength, new PacketRoom(0, maxLength, 0).Stride);
        _records = new Record[capacity];
        // The operating system backs it page by page as copies are first made.
        _bytes = GC.AllocateUninitializedArray<byte>(capacity * 2 * _stride);
    }

    /// <summary>The longest packet in bytes.</summary>
    public int MaxLength { get; }

    /// <summary>The number of places that the writer may fill.</summary>
    public int Free => _records.Length - (int)(_ends.Tail - Volatile.Read(ref _ends.Head));

    /// <summary>The number of packets that the reader may read.</summary>
    public int Count => (int)(Volatile.Read(ref _ends.Tail) - _ends.Head);

    /// <summary>A place to fill, counted from the first free one.</summary>
    public ref Record ToWrite(int ahead) => ref _records[PlaceOf(_ends.Tail + ahead)];

    /// <summary>The bytes of that place: the packet as it came, or as it left.</summary>
    public Span<byte> BytesToWrite(int ahead, bool left) => BytesAt(PlaceOf(_ends.Tail + ahead), left);

    /// <summary>Passes the first so many places to the reader.</summary>
    public void Publish(int count) => Volatile.Write(ref _ends.Tail, _ends.Tail + count);

    /// <summary>A packet, counted from the first unread one.</summary>
    public ref Record ToRead(int ahead) => ref _records[PlaceOf(_ends.Head + ahead)];

    /// <summary>Its bytes, as it came.</summary>
    public Span<byte> Came(int ahead) => BytesAt(PlaceOf(_ends.Head + ahead), left: false)[..ToRead(ahead).CameLength];

    /// <summary>Its bytes, as it left the live stage.</summary>
    public Span<byte> Left(int ahead) =>
        ToRead(ahead) is { IsUnchanged: false } record ? BytesAt(PlaceOf(_ends.Head + ahead), left: true)[..record.LeftLength] : Came(ahead);

    /// <summary>Gives the first so many places back to the writer.</summary>
    public void Release(int count) => Volatile.Write(ref _ends.Head, _ends.Head + count);

    private int PlaceOf(long number) => (int)(number & (_records.Length - 1));

    private Span<byte> BytesAt(int place, bool left) => _bytes.AsSpan(((place * 2) + (left ? 1 : 0)) * _stride, MaxLength);

    /// <summary>One packet.</summary>
    internal struct Record
    {
        /// <summary>Its batch: grows with time over both directions of a lane.</summary>
        public long Batch;

        /// <summary>When the batch was received.</summary>
        public long Timestamp;

        /// <summary>Its fields beside the bytes, as it came.</summary>
        public PacketLabels Before;

        /// <summary>The same, as it left.</summary>
        public PacketLabels After;

        /// <summary>What the live stage did with it.</summary>
        public Fate Fate;

        /// <summary>Why the live stage dropped it; null unless it did.</summary>
        public DropReason? Reason;

        public int CameLength;

        public int LeftLength;

        /// <summary>Whether it left with the bytes with which it came.</summary>
        public bool IsUnchanged;
    }

    // Each end on a cache line of its own: the other side's thread writes the other one.
    [StructLayout(LayoutKind.Explicit, Size = 3 * CacheLine)]
    private struct Ends
    {
        private const int CacheLine = 64;

        [FieldOffset(CacheLine)]
        public long Head;

        [FieldOffset(2 * CacheLine)]
        public long Tail;
    }
}
