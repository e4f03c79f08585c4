using Culvert.Engine.Running;

namespace Culvert.Engine.Inspection;

/// <summary>Adds observers to the loops of a running pipeline and removes them. Thread-safe.</summary>
internal static class ObserverPlaces
{
    private static readonly Lock _gate = new();

    /// <summary>Adds an observer; the loop calls it from its next batch on.</summary>
    public static void Add(LaneDirection lane, IPacketObserver observer) => Replace(lane, observer, null);

    /// <summary>Removes an observer. A batch under way may still reach it.</summary>
    public static void Remove(LaneDirection lane, IPacketObserver observer) => Replace(lane, null, observer);

    private static void Replace(LaneDirection lane, IPacketObserver? add, IPacketObserver? remove)
    {
        lock (_gate)
        {
            var observers = ((lane.Observer as ObserverSet)?.Observers ?? []).Where(observer => observer != remove).ToList();
            if (add is not null)
            {
                observers.Add(add);
            }

            lane.Observer = observers.Count == 0 ? null : new ObserverSet(observers);
        }
    }
}
