using System.Collections.Concurrent;
using Culvert.Packets;

namespace Culvert.Plugins.Capture;

/// <summary>A copy of a packet; used again for the next.</summary>
internal sealed class PacketCopy(int room)
{
    private byte[] _bytes = new byte[room];
    private int _length;

    public long Timestamp { get; private set; }

    public Direction Direction { get; private set; }

    public int OriginalLength { get; private set; }

    public ReadOnlySpan<byte> Data => _bytes.AsSpan(0, _length);

    public void Set(ReadOnlySpan<byte> packet, int snapLength, Direction direction, long timestamp)
    {
        (Direction, Timestamp, OriginalLength, _length) = (direction, timestamp, packet.Length, Math.Min(packet.Length, snapLength));
        if (_bytes.Length < _length)
        {
            _bytes = new byte[_length];
        }

        packet[.._length].CopyTo(_bytes);
    }
}

/// <summary>Carries copies from the loops to the thread that writes them, and back. Bounded; nobody waits. Thread-safe.</summary>
internal sealed class CopyQueue
{
    /// <summary>The most packets that wait to be written.</summary>
    public const int Capacity = 1024;

    private const int UsualLength = 1536;

    private readonly ConcurrentQueue<PacketCopy> _full = new();
    private readonly ConcurrentQueue<PacketCopy> _free = new();

    // All at once: the loops allocate nothing later, but for packets that are larger than usual.
    public CopyQueue(int snapLength)
    {
        for (var i = 0; i < Capacity; i++)
        {
            _free.Enqueue(new PacketCopy(Math.Min(snapLength, UsualLength)));
        }
    }

    /// <summary>A copy to fill and to <see cref="Add"/>; null when all wait to be written.</summary>
    public PacketCopy? Rent() => _free.TryDequeue(out var copy) ? copy : null;

    public void Add(PacketCopy copy) => _full.Enqueue(copy);

    public bool TryTake(out PacketCopy copy) => _full.TryDequeue(out copy!);

    public void Return(PacketCopy copy) => _free.Enqueue(copy);
}
