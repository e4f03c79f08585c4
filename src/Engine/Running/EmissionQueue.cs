using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>
/// The packets that stages have emitted in one direction of one lane, until that direction's loop sends them on their way. First in,
/// first out. Any thread adds, one loop takes. It holds no more than the pool has leases, so it is bounded without a limit of its own,
/// and once it has grown it allocates nothing.
/// </summary>
internal sealed class EmissionQueue(Direction direction)
{
    private readonly Lock _gate = new();
    private readonly Queue<Emission> _queue = new();
    private int _count;
    private bool _closed;

    /// <summary>Whether something waits. Cheap: the loop asks before each batch.</summary>
    public bool HasWork => Volatile.Read(ref _count) != 0;

    /// <summary>Adds a packet.</summary>
    /// <returns>True when the loop must be woken: the queue was empty.</returns>
    public bool Add(StageNode emitter, PooledPacket packet)
    {
        lock (_gate)
        {
            if (_closed)
            {
                GiveUp(new Emission(emitter, packet));
                return false;
            }

            _queue.Enqueue(new Emission(emitter, packet));
            Volatile.Write(ref _count, _queue.Count);
            return _queue.Count == 1;
        }
    }

    /// <summary>Takes the longest run of packets from the front that one stage emitted.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="emitter">The stage; null when nothing waits.</param>
    /// <returns>How many.</returns>
    public int Take(Span<PooledPacket> into, out StageNode? emitter)
    {
        emitter = null;
        var taken = 0;
        lock (_gate)
        {
            while (taken < into.Length && _queue.TryPeek(out var next) && (emitter is null || next.Emitter == emitter))
            {
                emitter = next.Emitter;
                into[taken++] = next.Packet;
                _queue.Dequeue();
            }

            Volatile.Write(ref _count, _queue.Count);
        }

        return taken;
    }

    /// <summary>Drops what waits, and from now on whatever is added; it is counted at its emitter.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_queue.TryDequeue(out var emission))
            {
                GiveUp(emission);
            }

            Volatile.Write(ref _count, 0);
        }
    }

    private void GiveUp(in Emission emission)
    {
        emission.Emitter.Unit.HostDrops.Note(HostDrop.Stopped, direction, 1);
        emission.Packet.Return();
    }

    private readonly record struct Emission(StageNode Emitter, PooledPacket Packet);
}
