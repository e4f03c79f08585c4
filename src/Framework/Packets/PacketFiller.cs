using Culvert.Counters;

namespace Culvert.Packets;

/// <summary>
/// The filling side of a batch: what an endpoint receives packets into. Only the source of a direction gets one, as the parameter of
/// <c>Receive</c>, for the time of the call. Not thread-safe.
/// </summary>
public readonly ref struct PacketFiller
{
    private readonly PacketBatch _batch;

    internal PacketFiller(PacketBatch batch) => _batch = batch;

    /// <summary>The direction of the packets.</summary>
    public Direction Direction => _batch.Direction;

    /// <summary>The room of each slot, in bytes.</summary>
    public PacketRoom Room => _batch.Room;

    /// <summary>The number of packets added so far.</summary>
    public int Count => _batch.Count;

    /// <summary>The number of packets that can still be added.</summary>
    public int Free => _batch.Capacity - _batch.Count;

    /// <summary>Whether nothing more can be added.</summary>
    public bool IsFull => _batch.Count == _batch.Capacity;

    /// <summary>Adds a packet in the batch's own memory, with the planned headroom and tailroom around it.</summary>
    /// <param name="length">Bytes, 0 to <c>Room.Size</c>.</param>
    /// <returns>The packet; its content is what <see cref="FreeSlot"/> was filled with, or undefined.</returns>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    /// <exception cref="ArgumentException">The packet does not fit a slot.</exception>
    public Packet Add(int length) => _batch.Add(length);

    /// <summary>
    /// The memory of a slot that is still free, so that an endpoint can receive into it before the length is known;
    /// <see cref="Add(int)"/> then takes the slots in the same order.
    /// </summary>
    /// <param name="ahead">0 for the slot of the next Add, 1 for the one after it; less than <see cref="Free"/>.</param>
    /// <returns><c>Room.Size</c> bytes, pinned.</returns>
    public Span<byte> FreeSlot(int ahead) => _batch.FreeSlot(ahead);

    /// <summary>
    /// Adds a packet that lies in the endpoint's own memory, to save a copy. The endpoint must not touch the bytes between
    /// <paramref name="floor"/> and <paramref name="ceiling"/> until it is asked to receive again.
    /// </summary>
    /// <param name="pinned">An array on the pinned heap.</param>
    /// <param name="floor">First byte that belongs to the packet as headroom.</param>
    /// <param name="start">First byte of the packet.</param>
    /// <param name="length">The packet's bytes.</param>
    /// <param name="ceiling">One past the last byte that belongs to the packet as tailroom.</param>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    /// <exception cref="ArgumentException">The offsets are out of order or outside the array.</exception>
    public Packet AddForeign(byte[] pinned, int floor, int start, int length, int ceiling) =>
        _batch.AddForeign(pinned, floor, start, length, ceiling);

    /// <summary>
    /// Counts packets that were received and dropped without being added: truncated, oversized, from an unknown source. They appear in
    /// the endpoint's traffic as received and dropped.
    /// </summary>
    /// <param name="reason">The reason.</param>
    /// <param name="packets">How many, 0 or more.</param>
    public void Refuse(DropReason reason, int packets = 1)
    {
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentOutOfRangeException.ThrowIfNegative(packets);
        _batch.NoteRefused(reason, packets);
    }
}
