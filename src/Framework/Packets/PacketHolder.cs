using Culvert.Counters;

namespace Culvert.Packets;

/// <summary>
/// The account of the leases of one stage, all its lanes together: what it rented and took, and what became of it. Thread-safe. It
/// outlives an instance when a reload moves its leases to the successor.
/// </summary>
/// <param name="id">The stage's id.</param>
/// <param name="counters">Where packets that the stage took and disposed without a reason are counted.</param>
internal sealed class PacketHolder(string id, CounterSet counters)
{
    private readonly long[] _dropped = new long[2];
    private readonly long[] _discarded = new long[2];
    private long _rented;
    private long _taken;
    private long _emitted;
    private long _ended;
    private long _released;

    public string Id => id;

    /// <summary>Packets that the stage has now: rented or taken, and neither emitted nor dropped nor disposed.</summary>
    public long Held =>
        Volatile.Read(ref _rented) + Volatile.Read(ref _taken) - Volatile.Read(ref _emitted) - Volatile.Read(ref _ended);

    /// <summary>Packets that it rented to write.</summary>
    public long Rented => Volatile.Read(ref _rented);

    /// <summary>Packets that it rented and disposed without emitting them: nothing is lost by it.</summary>
    public long Released => Volatile.Read(ref _released);

    /// <summary>Packets that it took from one direction and dropped later under a reason.</summary>
    public long Dropped(Direction direction) => Volatile.Read(ref _dropped[(int)direction]);

    /// <summary>Packets that it took from one direction and disposed without a reason.</summary>
    public long Discarded(Direction direction) => Volatile.Read(ref _discarded[(int)direction]);

    public void NoteOpened(bool taken) => Interlocked.Increment(ref (taken ? ref _taken : ref _rented));

    public void NoteEmitted() => Interlocked.Increment(ref _emitted);

    public void NoteDropped(Direction? takenFrom)
    {
        Interlocked.Increment(ref _ended);
        Interlocked.Increment(ref (takenFrom is { } direction ? ref _dropped[(int)direction] : ref _released));
    }

    public void NoteDisposed(Direction? takenFrom)
    {
        Interlocked.Increment(ref _ended);
        if (takenFrom is not { } direction)
        {
            Interlocked.Increment(ref _released);
            return;
        }

        Interlocked.Increment(ref _discarded[(int)direction]);
        counters.HostReason(
            "discarded", "Packets that the stage took and disposed without emitting them or naming a reason.", direction).Count(1);
    }
}
