using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Inspection;

/// <summary>
/// Copies packets that match a filter at the boundaries that they cross, in one direction of one lane. A packet that is sealed when it comes in
/// is copied until it is open and can be matched. It formats nothing, and allocates only until its buffers have grown.
/// </summary>
internal sealed class CaptureObserver(CaptureRequest request, CaptureQueue queue, LaneDirection lane, long frequency) : IPacketObserver
{
    private readonly Direction _direction = lane.Direction;
    private readonly CaptureBudget _budget = new(frequency);
    private readonly Stack<CapturedPacket> _free = new();
    private readonly Dictionary<(string, string), CaptureBoundary> _boundaries = [];
    private CapturedPacket?[] _byMark = [];
    private int _marks;
    private int _active;
    private string _previous = "";
    private PacketFilter? _condition;
    private StageNode? _inside;

    public bool Begin(PacketBatch batch, StageNode first, StageNode? emitter)
    {
        var isIp = first.Unit.Plan.Shape.KindBefore(_direction) == PacketKind.Ip;
        var isControl = !isIp && emitter is not null;
        if (!isIp && !request.TakesControl && _direction == Direction.Outbound)
        {
            return false;
        }

        if (_byMark.Length <= batch.Count)
        {
            _byMark = new CapturedPacket?[batch.Capacity + 1];
        }

        (_marks, _active, _inside) = (batch.Count, 0, null);
        var isSkipped = !_budget.HasLeft(batch.Timestamp) || !queue.HasRoom;
        var slots = batch.Slots;
        for (var i = 0; i < slots.Length; i++)
        {
            var matches = isIp ? request.Filter.Matches(slots[i].Data, _direction) : request.Filter.IsEverything || (isControl && request.WithControl);
            if (matches && isSkipped)
            {
                queue.Skip();
            }
            else if (matches || !isIp)
            {
                var packet = _free.TryPop(out var free) ? free : new CapturedPacket();
                packet.Begin(batch.Timestamp, _direction, emitter?.Unit.Id, matches, isSkipped);
                _byMark[i + 1] = packet;
                _active++;
            }
        }

        _previous = (emitter ?? lane.SourceNode).Unit.Id;
        _condition = null;
        return _active > 0;
    }

    public void Before(StageNode node, PacketBatch batch)
    {
        EndFaulted();
        var isIp = node.Unit.Plan.Shape.KindBefore(_direction) == PacketKind.Ip;
        if (_active > 0)
        {
            Cross(BoundaryBefore(node, isIp), batch);
        }

        (_inside, _previous, _condition) = (node, node.Unit.Id, node.Unit.Plan.Entry.When);
    }

    public void Dropped(StageNode node, uint mark, DropReason reason) =>
        _byMark[mark]?.EndAt(node.Unit.Id, CaptureEnd.Dropped, CounterName.Of(reason));

    public void After(StageNode node, PacketBatch batch)
    {
        _inside = null;
        if (_active == 0)
        {
            return;
        }

        foreach (ref var slot in batch.Slots)
        {
            if (slot.Dropped && _byMark[slot.Mark] is { EndedAt.Length: 0 } packet)
            {
                packet.EndAt(node.Unit.Id, CaptureEnd.Taken);
                packet.Matches |= request.WithControl;
            }
        }
    }

    public void End()
    {
        EndFaulted();
        for (var mark = 1; mark <= _marks; mark++)
        {
            if (_byMark[mark] is not { } packet)
            {
                continue;
            }

            _byMark[mark] = null;
            var isKept = packet.Matches && !packet.IsSkipped && packet.Crossings.Count > 0;
            _free.Push(isKept ? queue.Exchange(packet) : packet);
        }
    }

    private void Cross(CaptureBoundary boundary, PacketBatch batch)
    {
        var (copies, bytes) = (0, 0L);
        foreach (ref var slot in batch.Slots)
        {
            if (_byMark[slot.Mark] is not { } packet || !IsFollowed(packet, ref slot, boundary.IsIp))
            {
                continue;
            }

            if (boundary.IsWanted || boundary.IsIp)
            {
                packet.Cross(boundary, slot, request.SnapLength);
                copies++;
                bytes += Math.Min(slot.Length, request.SnapLength);
            }
        }

        _budget.Spend(copies, bytes);
    }

    /// <summary>Compares a packet with the filter where it can be read for the first time; one that does not match is let go.</summary>
    /// <returns>Whether it is to be copied.</returns>
    private bool IsFollowed(CapturedPacket packet, ref PacketSlot slot, bool isIp)
    {
        if (packet.Matches || !isIp)
        {
            return !packet.IsSkipped;
        }

        packet.Matches = request.Filter.Matches(slot.Data, _direction);
        if (packet.Matches && !packet.IsSkipped)
        {
            return true;
        }

        if (packet.Matches)
        {
            queue.Skip();
        }

        _byMark[slot.Mark] = null;
        _free.Push(packet);
        _active--;
        return false;
    }

    private CaptureBoundary BoundaryBefore(StageNode node, bool isIp)
    {
        var (upper, lower) = _direction == Direction.Outbound ? (_previous, node.Unit.Id) : (node.Unit.Id, _previous);
        if (!_boundaries.TryGetValue((upper, lower), out var boundary) || boundary.IsIp != isIp || boundary.Condition != _condition)
        {
            boundary = new CaptureBoundary(upper, lower, isIp, request.Place?.Includes(upper, lower) ?? true, _condition);
            _boundaries[(upper, lower)] = boundary;
        }

        return boundary;
    }

    // Its walk never came behind the stage that threw.
    private void EndFaulted()
    {
        if (_inside is not { } culprit)
        {
            return;
        }

        _inside = null;
        for (var mark = 1; mark <= _marks; mark++)
        {
            if (_byMark[mark] is { EndedAt.Length: 0 } packet && !PassedBy(packet))
            {
                packet.EndAt(culprit.Unit.Id, CaptureEnd.Faulted);
            }
        }
    }

    // Packets that pass by a stage continue where it throws.
    private bool PassedBy(CapturedPacket packet) => _condition is { } condition && packet.Crossings is [.., { Boundary.IsIp: true } last]
        && !condition.Matches(packet.BytesOf(last), _direction);
}
