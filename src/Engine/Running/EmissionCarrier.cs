using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>
/// Carries what stages have emitted in one direction: takes a group that one stage emitted and walks it from behind that stage. Belongs
/// to the thread that runs the direction; only <see cref="Queue"/> is filled from others.
/// </summary>
internal sealed class EmissionCarrier(Direction direction, ChainWalker walker, PacketBatch batch, TimeProvider time)
{
    private readonly PacketLease[] _carried = new PacketLease[batch.Capacity];
    private long _orphaned;

    /// <summary>What waits.</summary>
    public EmissionQueue Queue { get; } = new();

    /// <summary>Packets that were emitted by a stage that was gone when their turn came.</summary>
    public long Orphaned => Volatile.Read(ref _orphaned);

    /// <summary>Carries the longest run from the front that one stage emitted.</summary>
    /// <returns>False when nothing waited.</returns>
    public bool CarryGroup(Chain chain)
    {
        var count = Queue.Take(_carried, out var emitter);
        if (count == 0)
        {
            return false;
        }

        var leases = _carried.AsSpan(0, count);
        var entry = chain.EntryFor(emitter!, direction);
        if (entry < 0)
        {
            Volatile.Write(ref _orphaned, _orphaned + count);
        }
        else
        {
            batch.Clear();
            foreach (var lease in leases)
            {
                batch.AddLease(lease);
            }

            batch.Timestamp = time.GetTimestamp();
            emitter!.Traffic(direction).NoteEmitted(count);
            walker.Walk(chain, entry, batch, emitter);
        }

        foreach (var lease in leases)
        {
            lease.Dispose();
        }

        return true;
    }
}
