using Culvert.Counters;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>Why the host, not the stage, drops packets at a stage.</summary>
internal enum HostDrop
{
    /// <summary>The stage threw while it had them.</summary>
    Fault,

    /// <summary>The stage emitted them after it was taken out, and nothing is left at its place.</summary>
    Undeliverable,

    /// <summary>The stage emitted them too late: the pipeline was closing.</summary>
    Stopped,

    /// <summary>The stage did not return from their batch before the pipeline closed.</summary>
    Stuck,
}

/// <summary>
/// The packets that the host drops at one stage, all its lanes together. Each reason is declared among the stage's counters when it first
/// happens. Thread-safe.
/// </summary>
internal sealed class HostDrops(CounterSet counters)
{
    private readonly long[] _discarded = new long[2];

    /// <summary>Packets dropped for any reason but a fault.</summary>
    public long Discarded(Direction direction) => Volatile.Read(ref _discarded[(int)direction]);

    /// <summary>Counts packets; 0 does nothing.</summary>
    public void Note(HostDrop why, Direction direction, int packets)
    {
        if (packets == 0)
        {
            return;
        }

        if (why != HostDrop.Fault)
        {
            Interlocked.Add(ref _discarded[(int)direction], packets);
        }

        var (name, description) = why switch
        {
            HostDrop.Fault => ("fault", "Packets in a batch in which the stage threw an exception."),
            HostDrop.Undeliverable => ("undeliverable", "Packets that the stage emitted after it was removed from the pipeline."),
            HostDrop.Stopped => ("stopped", "Packets that the stage emitted too late to be sent before the pipeline closed."),
            _ => ("stuck", "Packets in a batch from which the stage did not return before the pipeline closed."),
        };
        counters.HostReason(name, description, direction).Count(packets);
    }
}
