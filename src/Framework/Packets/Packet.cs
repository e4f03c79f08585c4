using Culvert.Counters;

namespace Culvert.Packets;

/// <summary>
/// A handle on one packet of a batch. It cannot be stored, captured or awaited over: the memory belongs to the lane and is reused once
/// the batch has passed. To keep a packet, <see cref="TryTake"/> it. A packet that is not dropped is passed on; there is nothing to
/// forget.
/// </summary>
public readonly ref struct Packet
{
    private readonly ref PacketSlot _slot;
    private readonly PacketBatch _batch;

    internal Packet(ref PacketSlot slot, PacketBatch batch)
    {
        _slot = ref slot;
        _batch = batch;
    }

    /// <summary>
    /// The packet's bytes, to be changed in place. Spans obtained before <see cref="Prepend"/>, <see cref="Append"/> or a trim are not
    /// updated.
    /// </summary>
    public Span<byte> Data => _slot.Data;

    /// <summary>The packet's length in bytes.</summary>
    public int Length => _slot.Length;

    /// <summary>The bytes available to <see cref="Prepend"/>.</summary>
    public int Headroom => _slot.Headroom;

    /// <summary>The bytes available to <see cref="Append"/>.</summary>
    public int Tailroom => _slot.Tailroom;

    /// <summary>Whether the packet goes no further: after <see cref="Drop"/>, <see cref="Consume"/> or a successful <see cref="TryTake"/>.</summary>
    public bool IsDropped => _slot.Dropped;

    /// <summary>Outbound, where a datagram is to be sent; inbound, where it came from. <c>default</c> when unknown.</summary>
    public DatagramEndpoint Endpoint
    {
        get => _slot.Endpoint;
        set => _slot.Endpoint = value;
    }

    /// <summary>
    /// The mark of the datagram's own IP header: DSCP in the upper six bits, ECN in the lower two (RFC 2474, RFC 3168). Inbound, a network
    /// endpoint sets it to what the header carried; outbound, a network endpoint writes it into the header that it sends, as far as the
    /// system lets it. 0 by default. It is not a field of <see cref="Data"/>.
    /// </summary>
    public byte TrafficClass
    {
        get => _slot.TrafficClass;
        set => _slot.TrafficClass = value;
    }

    /// <summary>
    /// Whether routers may fragment the datagram outbound: a network endpoint sends it without Don't Fragment (RFC 791), as far as the system lets
    /// it. False by default: a datagram that the path does not carry is lost whole.
    /// </summary>
    public bool MayFragment
    {
        get => _slot.MayFragment;
        set => _slot.MayFragment = value;
    }

    internal ref uint Mark => ref _slot.Mark;

    /// <summary>Extends the packet at its front, without copying.</summary>
    /// <param name="count">Bytes, 0 to <see cref="Headroom"/>.</param>
    /// <returns>The new bytes; their content is undefined.</returns>
    /// <exception cref="InvalidOperationException">More than was declared in the stage's shape.</exception>
    public Span<byte> Prepend(int count) => _slot.Prepend(count);

    /// <summary>Extends the packet at its end, without copying.</summary>
    /// <param name="count">Bytes, 0 to <see cref="Tailroom"/>.</param>
    /// <returns>The new bytes; their content is undefined.</returns>
    /// <exception cref="InvalidOperationException">More than was declared in the stage's shape.</exception>
    public Span<byte> Append(int count) => _slot.Append(count);

    /// <summary>Cuts bytes off the front; they become headroom.</summary>
    /// <param name="count">Bytes, 0 to <see cref="Length"/>.</param>
    /// <exception cref="InvalidOperationException">More than the packet's length.</exception>
    public void TrimStart(int count) => _slot.TrimStart(count);

    /// <summary>Cuts bytes off the end; they become tailroom.</summary>
    /// <param name="count">Bytes, 0 to <see cref="Length"/>.</param>
    /// <exception cref="InvalidOperationException">More than the packet's length.</exception>
    public void TrimEnd(int count) => _slot.TrimEnd(count);

    /// <summary>Drops the packet and counts it under a reason. A second drop of the same packet does nothing.</summary>
    /// <param name="reason">The reason; a drop without a reason does not exist.</param>
    public void Drop(DropReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!_slot.Dropped)
        {
            _slot.Dropped = true;
            reason.Count(Data, _slot.Endpoint);
            _batch.NoteDrop(reason, ref _slot);
        }
    }

    /// <summary>
    /// Takes the packet out of the batch because it has arrived: it was for this stage itself, a keepalive or a handshake message. That
    /// is no drop and needs no reason; it is counted as consumed. Does nothing to a packet that is out already.
    /// </summary>
    public void Consume()
    {
        if (!_slot.Dropped)
        {
            _slot.Dropped = true;
            _batch.NoteConsumed(ref _slot);
        }
    }

    /// <summary>
    /// Takes the packet out of the batch as a lease that may be kept. The bytes are copied into a slot of the pool, because the batch's
    /// memory belongs to the lane; taking is for the rare packet (a queue during a handshake), not for every packet.
    /// </summary>
    /// <param name="lease">The kept packet, with the pool's own headroom and tailroom; <c>default</c> when the pool is empty.</param>
    /// <returns>False when the pool is empty or the packet is dropped already; then the packet stays as it is, and the stage
    /// decides: usually <see cref="Drop"/>.</returns>
    public bool TryTake(out PacketLease lease)
    {
        if (_slot.Dropped || !_batch.Pool.TryTake(_batch.Holder, in _slot, _batch.Direction, out lease))
        {
            lease = default;
            return false;
        }

        _slot.Dropped = true;
        _batch.NoteTaken(ref _slot);
        return true;
    }
}
