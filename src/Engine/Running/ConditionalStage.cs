using Culvert.Engine.Guarding;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// A stage behind its entry's <c>when</c>, in one direction of one lane: 1. the packets that do not match are set aside; 2. the stage
/// gets a batch of the others; 3. all packets are back in their places, so that their order is the same. Belongs to one thread.
/// </summary>
internal sealed class ConditionalStage(IPacketStage stage, PacketFilter filter, StageTraffic traffic) : IPacketStage
{
    // Grown to a batch's capacity when the first batch comes.
    private bool[] _matches = [];
    private PacketSlot[] _aside = [];
    private int _asideCount;

    public void Outbound(PacketBatch batch)
    {
        if (SetAside(batch))
        {
            StageCalls.Process(stage, Direction.Outbound, batch);
        }

        PutBack(batch);
    }

    public void Inbound(PacketBatch batch)
    {
        if (SetAside(batch))
        {
            StageCalls.Process(stage, Direction.Inbound, batch);
        }

        PutBack(batch);
    }

    /// <summary>Adds the packets that passed by to a batch that was cleared after the stage threw.</summary>
    public void Recover(PacketBatch batch)
    {
        batch.Resize(_asideCount);
        _aside.AsSpan(0, _asideCount).CopyTo(batch.Slots);
        _asideCount = 0;
    }

    /// <returns>False when no packet is for the stage; then all of them are still in the batch.</returns>
    private bool SetAside(PacketBatch batch)
    {
        if (_matches.Length < batch.Capacity)
        {
            (_matches, _aside) = (new bool[batch.Capacity], new PacketSlot[batch.Capacity]);
        }

        var slots = batch.Slots;
        var matches = _matches.AsSpan(0, slots.Length);
        var matching = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            matches[i] = filter.Matches(slots[i].Data, batch.Direction);
            matching += matches[i] ? 1 : 0;
        }

        traffic.NotePassedBy(slots.Length - matching);
        if (matching != 0 && matching != slots.Length)
        {
            Split(batch, slots, matches);
        }

        return matching != 0;
    }

    private void Split(PacketBatch batch, Span<PacketSlot> slots, ReadOnlySpan<bool> matches)
    {
        var kept = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            if (!matches[i])
            {
                _aside[_asideCount++] = slots[i];
            }
            else if (kept++ != i)
            {
                slots[kept - 1] = slots[i];
            }
        }

        batch.Resize(kept);
        batch.AsideCount = _asideCount;
    }

    // From the back, where the gaps are: no packet is overwritten before it has moved.
    private void PutBack(PacketBatch batch)
    {
        if (_asideCount == 0)
        {
            return;
        }

        var kept = batch.Count;
        batch.Resize(kept + _asideCount);
        var slots = batch.Slots;
        for (var i = slots.Length - 1; _asideCount != 0; i--)
        {
            slots[i] = _matches[i] ? slots[--kept] : _aside[--_asideCount];
        }

        batch.AsideCount = 0;
    }
}
