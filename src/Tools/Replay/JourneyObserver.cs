using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Wire.Text;

namespace Culvert.Tools.Replay;

/// <summary>Writes down what each stage did to the one packet of a batch. Not thread-safe.</summary>
internal sealed class JourneyObserver : IChainObserver
{
    private readonly List<StageStep> _steps = [];
    private readonly List<(string StageId, MadePacket Packet)> _made = [];
    private readonly Func<Exception?> _lastFault;
    private StageNode? _current;
    private byte[] _before = [];
    private DropReason? _reason;

    public JourneyObserver(Func<Exception?> lastFault) => _lastFault = lastFault;

    /// <summary>The steps recorded since the last call.</summary>
    public IReadOnlyList<StageStep> TakeSteps()
    {
        CloseFault();
        // What a stage makes off the packet's way (posted work, a timer) comes after the walk.
        StageStep[] steps = [.. _steps.Select(step => step with { Made = [.. Made(step.StageId)] })];
        _steps.Clear();
        _made.Clear();
        return steps;
    }

    // A packet that a stage made goes a way of its own, which is not written down.
    public bool Begin(PacketBatch batch, StageNode first, StageNode? emitter) => emitter is null && _steps.Count == 0;

    public void Before(StageNode node, PacketBatch batch)
    {
        _current = node;
        _reason = null;
        _before = batch[0].Data.ToArray();
    }

    public void After(StageNode node, PacketBatch batch)
    {
        _current = null;
        if (node.Unit.IsEnd)
        {
            return;
        }

        if (node.Unit.Plan.Entry.When is { } when && !when.Matches(_before, batch.Direction))
        {
            AddStep(node, StageOutcome.PassedBy, _before, [], fault: null, when.Opposite);
            return;
        }

        var packet = batch[0];
        var after = packet.IsDropped ? null : packet.Data.ToArray();
        var changes = after is null ? [] : FieldChanges.Compare(_before, after).All;
        var outcome = after is null
            ? _reason is null ? StageOutcome.Taken : StageOutcome.Dropped
            : changes.Count == 0 ? StageOutcome.Unchanged : StageOutcome.Changed;
        AddStep(node, outcome, after, changes, fault: null);
    }

    public void End(PacketBatch batch)
    {
    }

    public void NoteDrop(DropReason reason) => _reason = reason;

    public void NoteEmission(StageNode emitter, Direction direction, PooledPacket packet) =>
        _made.Add((emitter.Unit.Id, new MadePacket(direction, packet.Slot.Data.ToArray())));

    private IEnumerable<MadePacket> Made(string stageId) => _made.Where(made => made.StageId == stageId).Select(made => made.Packet);

    private void CloseFault()
    {
        if (_current is { } node && !node.Unit.IsEnd)
        {
            AddStep(node, StageOutcome.Threw, after: null, [], _lastFault()?.Message ?? "the stage threw");
        }

        _current = null;
    }

    private void AddStep(StageNode node, StageOutcome outcome, byte[]? after, IReadOnlyList<FieldChange> changes, string? fault, string? condition = null)
    {
        _steps.Add(new StageStep(node.Unit.Id, outcome, _before, after)
        {
            Changes = changes,
            Reason = _reason,
            Fault = fault,
            Condition = condition,
            Shadow = outcome is StageOutcome.PassedBy or StageOutcome.Threw ? null : node.Unit.Shadow?.Latest,
            Made = [],
        });
    }
}
