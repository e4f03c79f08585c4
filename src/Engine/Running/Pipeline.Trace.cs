using System.Runtime.CompilerServices;
using Culvert.Engine.Inspection;
using Culvert.Filtering;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>Watching chosen packets while the pipeline runs.</summary>
public sealed partial class Pipeline
{
    private readonly Lock _watchGate = new();

    /// <summary>
    /// Gives the way of the next packets that match a filter through the stages, in both directions and all lanes. The packets
    /// themselves go on as ever. Once it ends the loops are as fast as before.
    /// </summary>
    /// <param name="filter">Which packets.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancel">Ends it early.</param>
    public async IAsyncEnumerable<PacketTrace> TraceAsync(
        PacketFilter filter, int count, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var tracer = new Tracer(filter, count);
        var observers = new List<(LaneDirection Direction, IPacketObserver Observer)>();
        foreach (var lane in _lanes)
        {
            observers.Add((lane.Outbound, new TraceObserver(tracer, Direction.Outbound)));
            observers.Add((lane.Inbound, new TraceObserver(tracer, Direction.Inbound)));
        }

        observers.ForEach(watch => Watch(watch.Direction, add: watch.Observer, remove: null));
        try
        {
            await foreach (var trace in tracer.Traces.ReadAllAsync(cancel))
            {
                yield return trace;
            }
        }
        finally
        {
            observers.ForEach(watch => Watch(watch.Direction, add: null, remove: watch.Observer));
        }
    }

    private void Watch(LaneDirection direction, IPacketObserver? add, IPacketObserver? remove)
    {
        lock (_watchGate)
        {
            var observers = ((direction.Watch as WatchSet)?.Observers ?? []).Where(observer => observer != remove).ToList();
            if (add is not null)
            {
                observers.Add(add);
            }

            direction.Watch = observers.Count == 0 ? null : new WatchSet(observers);
        }
    }
}
