using Culvert.Counters;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>What the filter counts beside the rules, for one direction. Belongs to that direction's thread.</summary>
internal sealed class FlowCounters
{
    /// <summary>Declares the counters of a direction.</summary>
    public FlowCounters(CounterSet counters, string direction)
    {
        var way = KeyValuePair.Create("direction", direction);
        Known = new(counters.Create("known-flow", "packets", "Packets of known flows, which passed without a rule.", way));
        Evicted = new(counters.Create("evicted", "flows", "Half-open or finished flows that made room for a new one.", way));
        Malformed = counters.DropReason("malformed", "Packets that are not IP, are cut, or whose headers contradict themselves.", way);
        NoFlow = counters.DropReason(
            "no-flow", "Packets that a rule would let pass, but that can only belong to a flow, and there is none.", way);
        OutOfWindow = counters.DropReason("out-of-window", "TCP segments that the connection's other side could not accept.", way);
        TableFull = counters.DropReason("table-full", "First packets of flows that found no room in the flow table.", way);
    }

    public BatchCounter Known { get; }

    public BatchCounter Evicted { get; }

    public DropReason Malformed { get; }

    public DropReason NoFlow { get; }

    public DropReason OutOfWindow { get; }

    public DropReason TableFull { get; }

    /// <summary>Publishes what was counted since the last call; once a batch.</summary>
    public void Publish()
    {
        Known.Publish();
        Evicted.Publish();
    }
}
