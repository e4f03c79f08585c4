using Culvert.Counters;

namespace Culvert.Plugins.Nat;

/// <summary>What the translator counts, for one direction. Belongs to that direction's thread.</summary>
internal sealed class NatCounters
{
    /// <summary>Declares the counters of a direction.</summary>
    public NatCounters(CounterSet counters, string direction)
    {
        var way = KeyValuePair.Create("direction", direction);
        Translated = new(counters.Create("translated", "packets", "Packets whose addresses were translated.", way));
        Untouched = new(counters.Create("untouched", "packets", "Packets with no address that is translated, which passed.", way));
        NoMapping = counters.DropReason("no-mapping", "Packets for the shared address, or errors about it, that belong to no mapping.", way);
        Untranslatable = counters.DropReason(
            "untranslatable", "Packets of a protocol without ports, or with an address that cannot be mapped.", way);
        TableFull = counters.DropReason("table-full", "Packets that found no room in the table of mappings, or no free port.", way);
        NoBuffer = counters.DropReason("no-buffer", "Packets between two hosts of this side that found no free buffer.", way);
        Malformed = counters.DropReason("malformed", "Packets that are not IP, are cut, or whose headers contradict themselves.", way);
    }

    public BatchCounter Translated { get; }

    public BatchCounter Untouched { get; }

    public DropReason NoMapping { get; }

    public DropReason Untranslatable { get; }

    public DropReason TableFull { get; }

    public DropReason NoBuffer { get; }

    public DropReason Malformed { get; }

    /// <summary>Declares the counter of evicted mappings, which all lanes share.</summary>
    public static Counter Evicted(CounterSet counters) =>
        counters.Create("evicted", "mappings", "Mappings in use that made room for another host's.");

    /// <summary>Publishes what was counted since the last call; once a batch.</summary>
    public void Publish()
    {
        Translated.Publish();
        Untouched.Publish();
    }
}
