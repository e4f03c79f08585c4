using Culvert.Counters;

namespace Culvert.Packets;

/// <summary>How a packet left its batch.</summary>
internal enum DepartureKind : byte
{
    /// <summary>It did not: it is passed on.</summary>
    None,

    /// <summary>Under a reason.</summary>
    Dropped,

    /// <summary>As a lease of the stage.</summary>
    Taken,

    /// <summary>It had arrived.</summary>
    Consumed,
}

/// <summary>One packet's departure.</summary>
/// <param name="Kind">How.</param>
/// <param name="Reason">Why; null unless it was dropped.</param>
internal readonly record struct Departure(DepartureKind Kind, DropReason? Reason);

/// <summary>Records how each packet of a batch leaves during one stage, for whoever must know it by the packet. Not thread-safe.</summary>
/// <param name="capacity">The largest number of packets in the batch.</param>
internal sealed class Departures(int capacity)
{
    private readonly Departure[] _all = new Departure[capacity];

    /// <summary>The departure of a packet, by its place in the batch.</summary>
    public ref readonly Departure this[int index] => ref _all[index];

    /// <summary>Forgets the first so many.</summary>
    public void Clear(int count) => Array.Clear(_all, 0, count);

    /// <summary>Records one.</summary>
    public void Note(int index, DepartureKind kind, DropReason? reason) => _all[index] = new Departure(kind, reason);
}
