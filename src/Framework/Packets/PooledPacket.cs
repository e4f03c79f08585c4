using System.Runtime.CompilerServices;

namespace Culvert.Packets;

/// <summary>
/// A slot of the pool and who owns it. The state is a number that each change of owner increments: odd while a lease owns the packet,
/// even while the host or the pool does. A <see cref="PacketLease"/> carries the number that it was made with, so that every copy of it
/// becomes invalid at the same instant, for good, also once the slot is rented again. The host and the test kit move ownership by this
/// code alone.
/// </summary>
internal sealed class PooledPacket(PacketPool pool, byte[] buffer, int home)
{
    private PacketSlot _slot = new() { Buffer = buffer };
    private uint _state;

    public PooledPacket? Next { get; set; }

    /// <summary>The stage that rented or took it; null outside a pipeline.</summary>
    public PacketHolder? Holder { get; private set; }

    /// <summary>The direction that it was taken from; null for a packet that was rented.</summary>
    public Direction? TakenFrom { get; private set; }

    /// <summary>When it was rented: <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long Since { get; private set; }

    public ref PacketSlot Slot => ref _slot;

    /// <summary>Whether a lease owns it now.</summary>
    public bool IsHeld => (Volatile.Read(ref _state) & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOwnedBy(uint token) => Volatile.Read(ref _state) == token;

    /// <summary>Assigns the packet to a new lease. For the pool, which owns it.</summary>
    /// <returns>The token of the lease.</returns>
    public uint Open(PacketRoom room, int length, PacketHolder? holder, Direction? takenFrom, long now)
    {
        _slot.Floor = home;
        _slot.Start = home + room.Headroom;
        _slot.Length = length;
        _slot.Ceiling = home + room.Total;
        _slot.Endpoint = default;
        _slot.TrafficClass = 0;
        _slot.MayFragment = false;
        _slot.Mark = 0;
        _slot.Dropped = false;
        (Holder, TakenFrom, Since) = (holder, takenFrom, now);
        var token = _state + 1;
        Volatile.Write(ref _state, token);
        return token;
    }

    /// <summary>Ends the ownership of the lease with this token, atomically.</summary>
    /// <returns>False when the lease does not own the packet, or no longer.</returns>
    public bool TryTakeOver(uint token) => Interlocked.CompareExchange(ref _state, unchecked(token + 1), token) == token;

    /// <summary>Ends the ownership of whichever lease owns the packet.</summary>
    public bool TryTakeOver()
    {
        var state = Volatile.Read(ref _state);
        return (state & 1) != 0 && TryTakeOver(state);
    }

    /// <summary>Returns the packet to the pool. For the host, after it took over.</summary>
    public void Return() => pool.Return(this);
}
