using System.Collections.Concurrent;

namespace Culvert.Engine.Inspection;

/// <summary>
/// Carries captured packets from the loops to the thread that writes them, and back to be used again. Bounded: what does not fit is skipped and
/// counted. Thread-safe; nobody waits for anybody.
/// </summary>
internal sealed class CaptureQueue
{
    /// <summary>The most packets that wait to be written.</summary>
    public const int Capacity = 1024;

    private readonly ConcurrentQueue<CapturedPacket> _full = new();
    private readonly ConcurrentQueue<CapturedPacket> _free = new();
    private int _waiting;
    private long _skipped;

    /// <summary>Whether another packet fits.</summary>
    public bool HasRoom => Volatile.Read(ref _waiting) < Capacity;

    /// <summary>The packets that matched and were skipped.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Counts a packet that matched and is skipped.</summary>
    public void Skip() => Interlocked.Increment(ref _skipped);

    /// <summary>Hands a packet in, and returns another one to fill.</summary>
    public CapturedPacket Exchange(CapturedPacket packet)
    {
        if (Interlocked.Increment(ref _waiting) > Capacity)
        {
            Interlocked.Decrement(ref _waiting);
            Skip();
            return packet;
        }

        _full.Enqueue(packet);
        return _free.TryDequeue(out var free) ? free : new CapturedPacket();
    }

    /// <summary>Takes the packet that has waited longest; <see cref="Return"/> gives it back.</summary>
    public bool TryTake(out CapturedPacket packet) => _full.TryDequeue(out packet!);

    /// <summary>Gives back a packet that was taken.</summary>
    public void Return(CapturedPacket packet)
    {
        Interlocked.Decrement(ref _waiting);
        _free.Enqueue(packet);
    }
}
