using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Inspection;

/// <summary>
/// Copies packets that match a filter at the boundaries that they cross, in one direction of one lane. A packet that is sealed when it comes in
/// is matched once it is open, and copied before where there is time for that. It formats nothing, and allocates only until its buffers have grown.
/// </summary>
internal sealed class CaptureObserver(
    CaptureRequest request, CaptureQueue queue, Direction direction, Func<StageNode> source, long frequency) : IPacketObserver
{
    // The longest handshake message has 148 bytes.
    private const int LongestControl = 160;

    private readonly CaptureBudget _budget = new(frequency, request.Place is null ? CaptureBudget.SealedShare : 1);
    private readonly Stack<CapturedPacket> _free = new();
    private readonly Dictionary<(string, string), CaptureBoundary> _boundaries = [];
    private CapturedPacket?[] _byMark = [];
    private int _marks;
    private int _active;
    private bool _isSealed;
    private bool _isSkipping;
    private bool _copiesSealed;
    private long _timestamp;
    private string? _emitter;
    private string _previous = "";
    private PacketFilter? _condition;
    private CaptureBoundary? _missed;
    private StageNode? _inside;

    public bool Begin(PacketBatch batch, StageNode first, StageNode? emitter)
    {
        var isIp = first.Unit.Plan.Shape.KindBefore(direction) == PacketKind.Ip;
        if (!isIp && !request.TakesControl && direction == Direction.Outbound)
        {
            return false;
        }

        if (_byMark.Length <= batch.Count)
        {
            _byMark = new CapturedPacket?[batch.Capacity + 1];
        }

        (_timestamp, _emitter, _previous, _condition) = (batch.Timestamp, emitter?.Unit.Id, "", null);
        _isSkipping = !_budget.HasLeft(batch.Timestamp) || !queue.HasRoom;
        _copiesSealed = !_isSkipping && _budget.HasLeftForSealed;
        var takesAll = request.Filter.IsEverything || (!isIp && emitter is not null && request.WithSecrets);
        (_marks, _active, _inside, _missed, _isSealed) = (batch.Count, 0, null, null, !isIp && !takesAll);
        var slots = batch.Slots;
        for (var i = 0; i < slots.Length && (isIp || takesAll); i++)
        {
            if (takesAll || request.Filter.Matches(slots[i].Data, direction))
            {
                Follow((uint)i + 1);
            }
        }

        if (_active == 0 && !_isSealed)
        {
            return false;
        }

        _previous = (emitter ?? source()).Unit.Id;
        return true;
    }

    public void Before(StageNode node, PacketBatch batch)
    {
        EndFaulted();
        var isIp = node.Unit.Plan.Shape.KindBefore(direction) == PacketKind.Ip;
        if (_active > 0 || _isSealed)
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
                packet.Matches |= request.WithSecrets;
            }
        }
    }

    public void End()
    {
        EndFaulted();
        for (var mark = 1; mark <= _marks && _active > 0; mark++)
        {
            if (_byMark[mark] is not { } packet)
            {
                continue;
            }

            _byMark[mark] = null;
            _active--;
            var isKept = packet.Matches && packet.Crossings.Count > 0;
            _free.Push(isKept ? queue.Exchange(packet) : packet);
        }
    }

    private void Follow(uint mark, bool matches = true)
    {
        if (_isSkipping)
        {
            queue.Skip();
            return;
        }

        var packet = _free.TryPop(out var free) ? free : new CapturedPacket();
        packet.Begin(_timestamp, direction, _emitter, matches);
        _byMark[mark] = packet;
        _active++;
    }

    private void Cross(CaptureBoundary boundary, PacketBatch batch)
    {
        if (_isSealed)
        {
            Unseal(boundary, batch);
        }

        var (copies, bytes) = (0, 0L);
        foreach (ref var slot in batch.Slots)
        {
            if ((boundary.IsWanted || boundary.IsIp) && _byMark[slot.Mark] is { } packet)
            {
                packet.Cross(boundary, slot, request.SnapLength);
                copies++;
                bytes += Math.Min(slot.Length, request.SnapLength);
            }
        }

        _budget.Spend(copies, bytes, isSealed: !boundary.IsIp);
    }

    /// <summary>Before a sealed packet is opened, copies it if there is time; as soon as it is open, compares it with the filter.</summary>
    private void Unseal(CaptureBoundary boundary, PacketBatch batch)
    {
        _isSealed = !boundary.IsIp;
        _missed = boundary is { IsIp: false, IsWanted: true } ? boundary : _missed;
        foreach (ref var slot in batch.Slots)
        {
            if (_byMark[slot.Mark] is { } packet)
            {
                Decide(packet, ref slot);
            }
            else if (_isSealed)
            {
                if (boundary.IsWanted && !_isSkipping && (_copiesSealed || (request.WithSecrets && slot.Length <= LongestControl)))
                {
                    Follow(slot.Mark, matches: false);
                }
            }
            else if (request.Filter.Matches(slot.Data, direction))
            {
                Follow(slot.Mark);
                _byMark[slot.Mark]?.Missed = _missed;
            }
        }
    }

    private void Decide(CapturedPacket packet, ref PacketSlot slot)
    {
        packet.Matches |= !_isSealed && request.Filter.Matches(slot.Data, direction);
        if (!packet.Matches && !_isSealed)
        {
            _byMark[slot.Mark] = null;
            _free.Push(packet);
            _active--;
        }
    }

    private CaptureBoundary BoundaryBefore(StageNode node, bool isIp)
    {
        var (upper, lower) = direction == Direction.Outbound ? (_previous, node.Unit.Id) : (node.Unit.Id, _previous);
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
        && !condition.Matches(packet.BytesOf(last), direction);
}
