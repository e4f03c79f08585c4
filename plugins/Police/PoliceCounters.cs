using Culvert.Counters;

namespace Culvert.Plugins.Police;

/// <summary>What the policer counts, for one direction. Belongs to that direction's thread.</summary>
internal sealed class PoliceCounters
{
    /// <summary>Declares the counters of a direction.</summary>
    public PoliceCounters(CounterSet counters, string direction)
    {
        var way = KeyValuePair.Create("direction", direction);
        Conforming = new(counters.Create("conforming", "packets", "Packets within the rate.", way));
        Marked = new(counters.Create("marked", "packets", "Packets above the rate that were marked.", way));
        OverRate = counters.DropReason("over-rate", "Packets above the rate.", way);
    }

    public BatchCounter Conforming { get; }

    public BatchCounter Marked { get; }

    public DropReason OverRate { get; }

    /// <summary>Publishes what was counted since the last call; once a batch.</summary>
    public void Publish()
    {
        Conforming.Publish();
        Marked.Publish();
    }
}
