using System.Diagnostics.CodeAnalysis;
using Culvert.Counters;

namespace Culvert.Packets;

/// <summary>
/// A handle on one packet of a batch. It cannot be stored, captured or awaited over: the memory is the lane's and is used again as soon
/// as the batch has been handed on. To keep a packet, <see cref="TryTake"/> it. A packet that is not dropped is passed on; there is
/// nothing to forget.
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

    /// <summary>The packet's bytes, to be changed in place. A span got before Prepend, Append or a trim does not follow it.</summary>
    public Span<byte> Data => _slot.Data;

    /// <summary>The packet's length in bytes.</summary>
    public int Length => _slot.Length;

    /// <summary>Bytes that <see cref="Prepend"/> can still give.</summary>
    public int Headroom => _slot.Headroom;

    /// <summary>Bytes that <see cref="Append"/> can still give.</summary>
    public int Tailroom => _slot.Tailroom;

    /// <summary>True after <see cref="Drop"/>, <see cref="Consume"/> or a successful <see cref="TryTake"/>: the packet goes no further.</summary>
    public bool IsDropped => _slot.Dropped;

    /// <summary>Outbound, where a datagram is to be sent; inbound, where it came from. <c>default</c> when nobody has said.</summary>
    public NetworkEndpoint Endpoint
    {
        get => _slot.Endpoint;
        set => _slot.Endpoint = value;
    }

    internal ref uint Mark => ref _slot.Mark;

    /// <summary>Makes the packet longer at its front, without copying.</summary>
    /// <param name="count">Bytes, 0 to <see cref="Headroom"/>.</param>
    /// <returns>The new bytes; their content is whatever was there.</returns>
    /// <exception cref="InvalidOperationException">More than was declared in the stage's shape.</exception>
    public Span<byte> Prepend(int count) => _slot.Prepend(count);

    /// <summary>Makes the packet longer at its end, without copying.</summary>
    /// <param name="count">Bytes, 0 to <see cref="Tailroom"/>.</param>
    /// <returns>The new bytes; their content is whatever was there.</returns>
    /// <exception cref="InvalidOperationException">More than was declared in the stage's shape.</exception>
    public Span<byte> Append(int count) => _slot.Append(count);

    /// <summary>Cuts bytes off the front; they become headroom.</summary>
    /// <exception cref="InvalidOperationException">More than the packet's length.</exception>
    public void TrimStart(int count) => _slot.TrimStart(count);

    /// <summary>Cuts bytes off the end; they become tailroom.</summary>
    /// <exception cref="InvalidOperationException">More than the packet's length.</exception>
    public void TrimEnd(int count) => _slot.TrimEnd(count);

    /// <summary>Takes the packet out of the batch and counts it under its reason. A second drop of the same packet does nothing.</summary>
    /// <param name="reason">The counter that says why; a drop without a reason does not exist.</param>
    public void Drop(Counter reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!_slot.Dropped)
        {
            _slot.Dropped = true;
            _batch.NoteDrop(reason, _slot.Mark);
            reason.Increment();
        }
    }

    /// <summary>
    /// Takes the packet out of the batch because it has arrived: it was for this stage itself, a keepalive or a handshake message. That
    /// is no drop and needs no reason. Does nothing to a packet that is out already.
    /// </summary>
    public void Consume()
    {
        if (!_slot.Dropped)
        {
            _slot.Dropped = true;
            _batch.NoteTaken();
        }
    }

    /// <summary>
    /// Takes the packet out of the batch as a lease that may be kept. The bytes are copied into a slot of the pool, because the batch's
    /// memory belongs to the lane; taking is for the rare packet (a queue during a handshake), not for every packet.
    /// </summary>
    /// <param name="lease">The kept packet, with the pool's own headroom and tailroom; null when the pool is empty.</param>
    /// <returns>False when the pool is empty or the packet is dropped already; then the packet stays as it is, and the stage
    /// decides: usually <see cref="Drop"/>.</returns>
    public bool TryTake([NotNullWhen(true)] out PacketLease? lease)
    {
        lease = null;
        if (_slot.Dropped || !_batch.Pool.TryRent(_slot.Length, out lease))
        {
            return false;
        }

        _slot.Data.CopyTo(lease.Data);
        lease.Endpoint = _slot.Endpoint;
        _slot.Dropped = true;
        _batch.NoteTaken();
        return true;
    }
}
