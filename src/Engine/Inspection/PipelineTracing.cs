using System.Runtime.CompilerServices;
using Culvert.Engine.Running;
using Culvert.Filtering;

namespace Culvert.Engine.Inspection;

/// <summary>Traces chosen packets while the pipeline runs.</summary>
internal static class PipelineTracing
{
    /// <summary>
    /// Traces the next packets that match a filter, in both directions and all lanes. The packets themselves are not changed. When the
    /// enumeration ends the lanes are as fast as before.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="filter">Which packets.</param>
    /// <param name="count">The number of packets, 1 or more.</param>
    /// <param name="cancel">Ends it early.</param>
    public static async IAsyncEnumerable<PacketTrace> TraceAsync(
        this Pipeline pipeline, PacketFilter filter, int count, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var tracer = new Tracer(filter, count);
        (LaneDirection Lane, IPacketObserver Observer)[] places =
            [.. pipeline.Directions.Select(lane => (lane, new TraceObserver(tracer, lane.Direction)))];
        foreach (var (lane, observer) in places)
        {
            ObserverPlaces.Add(lane, observer);
        }

        try
        {
            await foreach (var trace in tracer.Traces.ReadAllAsync(cancel))
            {
                yield return trace;
            }
        }
        finally
        {
            foreach (var (lane, observer) in places)
            {
                ObserverPlaces.Remove(lane, observer);
            }
        }
    }
}
