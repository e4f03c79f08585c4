using Culvert.Counters;

namespace Culvert.Packets;

/// <summary>
/// An owned packet. <see cref="Packet.TryTake"/> and <c>TryRent</c> return one; <c>Emit</c> passes the packet to the host,
/// <see cref="Drop"/> and <see cref="Dispose"/> return it to the pool. Ownership ends at that call, atomically and for every copy of
/// this value: using, emitting or dropping it afterwards throws, and disposing it does nothing, so that
/// <c>using (lease) { context.Emit(direction, lease); }</c> is correct. One thread at a time may use it; it may move between threads.
/// Renting allocates nothing. <c>default</c> owns nothing.
/// </summary>
public readonly struct PacketLease : IDisposable, IEquatable<PacketLease>
{
    private readonly PooledPacket? _packet;
    private readonly uint _token;

    internal PacketLease(PooledPacket packet, uint token) => (_packet, _token) = (packet, token);

    /// <summary>Whether the lease owns a packet: false for <c>default</c>, and after it was emitted, dropped or disposed.</summary>
    public bool IsHeld => _packet is not null && _packet.IsOwnedBy(_token);

    /// <summary>The packet's bytes.</summary>
    /// <exception cref="ObjectDisposedException">The lease was emitted, dropped or disposed.</exception>
    public Span<byte> Data => Owned.Data;

    /// <summary>The packet's length in bytes.</summary>
    /// <inheritdoc cref="Data" path="/exception"/>
    public int Length => Owned.Length;

    /// <summary>The bytes available to <see cref="Prepend"/>.</summary>
    /// <inheritdoc cref="Data" path="/exception"/>
    public int Headroom => Owned.Headroom;

    /// <summary>The bytes available to <see cref="Append"/>.</summary>
    /// <inheritdoc cref="Data" path="/exception"/>
    public int Tailroom => Owned.Tailroom;

    /// <inheritdoc cref="Packet.Endpoint"/>
    /// <inheritdoc cref="Data" path="/exception"/>
    public DatagramEndpoint Endpoint
    {
        get => Owned.Endpoint;
        set => Owned.Endpoint = value;
    }

    /// <inheritdoc cref="Packet.TrafficClass"/>
    /// <inheritdoc cref="Data" path="/exception"/>
    public byte TrafficClass
    {
        get => Owned.TrafficClass;
        set => Owned.TrafficClass = value;
    }

    /// <inheritdoc cref="Packet.MayFragment"/>
    /// <inheritdoc cref="Data" path="/exception"/>
    public bool MayFragment
    {
        get => Owned.MayFragment;
        set => Owned.MayFragment = value;
    }

    private ref PacketSlot Owned
    {
        get
        {
            if (!IsHeld)
            {
                throw PacketError.LeaseEnded();
            }

            return ref _packet!.Slot;
        }
    }

    /// <summary>Whether two leases are the same one.</summary>
    public static bool operator ==(PacketLease left, PacketLease right) => left.Equals(right);

    /// <summary>Whether two leases differ.</summary>
    public static bool operator !=(PacketLease left, PacketLease right) => !left.Equals(right);

    /// <inheritdoc cref="Packet.Prepend"/>
    public Span<byte> Prepend(int count) => Owned.Prepend(count);

    /// <inheritdoc cref="Packet.Append"/>
    public Span<byte> Append(int count) => Owned.Append(count);

    /// <inheritdoc cref="Packet.TrimStart"/>
    public void TrimStart(int count) => Owned.TrimStart(count);

    /// <inheritdoc cref="Packet.TrimEnd"/>
    public void TrimEnd(int count) => Owned.TrimEnd(count);

    /// <summary>Drops the packet under a reason and returns it to the pool.</summary>
    /// <param name="reason">The reason.</param>
    /// <inheritdoc cref="Data" path="/exception"/>
    public void Drop(DropReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var packet = TakeOver();
        reason.Count(packet.Slot.Data, packet.Slot.Endpoint);
        packet.Holder?.NoteDropped(packet.TakenFrom);
        packet.Return();
    }

    /// <summary>
    /// Returns the packet to the pool. A packet that was taken from a batch is then counted as <c>discarded</c>: drop it instead, and say
    /// why. Does nothing when the lease was emitted, dropped or disposed already.
    /// </summary>
    public void Dispose()
    {
        if (_packet is { } packet && packet.TryTakeOver(_token))
        {
            packet.Holder?.NoteDisposed(packet.TakenFrom);
            packet.Return();
        }
    }

    /// <inheritdoc/>
    public bool Equals(PacketLease other) => _packet == other._packet && _token == other._token;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PacketLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_packet, _token);

    /// <summary>Passes the packet to the host, as <c>Emit</c> does: the one way by which host and test kit take it.</summary>
    internal PooledPacket Emit()
    {
        var packet = TakeOver();
        packet.Holder?.NoteEmitted();
        return packet;
    }

    private PooledPacket TakeOver() =>
        _packet is { } packet && packet.TryTakeOver(_token) ? packet : throw PacketError.LeaseEnded();
}
