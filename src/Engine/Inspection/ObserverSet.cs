using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Engine.Inspection;

/// <summary>
/// The observers of one loop behind one <see cref="IChainObserver"/>: asks each whether it follows something in a batch, and if any does,
/// marks the packets and passes on what happens. Immutable but for the walk under way; a new set replaces it when observers come or go.
/// </summary>
internal sealed class ObserverSet : IChainObserver
{
    private readonly IPacketObserver[] _observers;
    private readonly IPacketObserver[] _following;
    private readonly Action<DropReason, uint> _onDrop;
    private int _followers;
    private StageNode? _at;

    public ObserverSet(IEnumerable<IPacketObserver> observers)
    {
        _observers = [.. observers];
        _following = new IPacketObserver[_observers.Length];
        _onDrop = NoteDrop;
    }

    /// <summary>All observers, following or not.</summary>
    public IReadOnlyList<IPacketObserver> Observers => _observers;

    public bool Begin(PacketBatch batch, StageNode first, StageNode? emitter)
    {
        _followers = 0;
        foreach (var observer in _observers)
        {
            if (observer.Begin(batch, first, emitter))
            {
                _following[_followers++] = observer;
            }
        }

        if (_followers == 0)
        {
            return false;
        }

        var mark = 0u;
        foreach (ref var slot in batch.Slots)
        {
            slot.Mark = ++mark;
        }

        batch.OnDrop = _onDrop;
        return true;
    }

    public void Before(StageNode node, PacketBatch batch)
    {
        _at = node;
        foreach (var observer in Following)
        {
            observer.Before(node, batch);
        }
    }

    public void After(StageNode node, PacketBatch batch)
    {
        foreach (var observer in Following)
        {
            observer.After(node, batch);
        }
    }

    public void End(PacketBatch batch)
    {
        batch.OnDrop = null;
        foreach (var observer in Following)
        {
            observer.End();
        }
    }

    private ReadOnlySpan<IPacketObserver> Following => _following.AsSpan(0, _followers);

    private void NoteDrop(DropReason reason, uint mark)
    {
        foreach (var observer in Following)
        {
            observer.Dropped(_at!, mark, reason);
        }
    }
}
