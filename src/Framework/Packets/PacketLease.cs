namespace Culvert.Packets;

/// <summary>
/// An owned packet. Ownership, in full: <see cref="Packet.TryTake"/> and <c>TryRent</c> give it; <c>Emit</c> passes it to the host;
/// <see cref="Dispose"/> gives it back to the pool; after either of the last two it must not be touched (the accessors throw). One
/// thread at a time may use it; it may move between threads. Objects are reused by the pool: renting allocates nothing.
/// </summary>
public sealed class PacketLease : IDisposable
{
    private readonly PacketPool _pool;
    private readonly int _home;
    private PacketSlot _slot;
    private int _rented;

    internal PacketLease(PacketPool pool, byte[] buffer, int home)
    {
        _pool = pool;
        _home = home;
        _slot.Buffer = buffer;
    }

    /// <summary>The packet's bytes.</summary>
    public Span<byte> Data => Owned.Data;

    /// <summary>The packet's length in bytes.</summary>
    public int Length => Owned.Length;

    /// <summary>Bytes that <see cref="Prepend"/> can still give.</summary>
    public int Headroom => Owned.Headroom;

    /// <summary>Bytes that <see cref="Append"/> can still give.</summary>
    public int Tailroom => Owned.Tailroom;

    /// <summary>Where the datagram is to be sent or came from.</summary>
    public NetworkEndpoint Endpoint
    {
        get => Owned.Endpoint;
        set => Owned.Endpoint = value;
    }

    internal PacketLease? Next { get; set; }

    internal ref PacketSlot Owned
    {
        get
        {
            if (Volatile.Read(ref _rented) == 0)
            {
                throw PacketError.LeaseReturned();
            }

            return ref _slot;
        }
    }

    /// <inheritdoc cref="Packet.Prepend"/>
    public Span<byte> Prepend(int count) => Owned.Prepend(count);

    /// <inheritdoc cref="Packet.Append"/>
    public Span<byte> Append(int count) => Owned.Append(count);

    /// <inheritdoc cref="Packet.TrimStart"/>
    public void TrimStart(int count) => Owned.TrimStart(count);

    /// <inheritdoc cref="Packet.TrimEnd"/>
    public void TrimEnd(int count) => Owned.TrimEnd(count);

    /// <summary>Gives the slot back. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, 0) == 1)
        {
            _pool.Return(this);
        }
    }

    internal void Open(PacketRoom room, int length)
    {
        _slot.Floor = _home;
        _slot.Start = _home + room.Headroom;
        _slot.Length = length;
        _slot.Ceiling = _home + room.Total;
        _slot.Endpoint = default;
        _slot.Mark = 0;
        _slot.Dropped = false;
        Volatile.Write(ref _rented, 1);
    }
}
