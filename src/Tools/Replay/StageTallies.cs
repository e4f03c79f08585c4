using Culvert.Counters;
using Culvert.Engine.Inspection;
using Culvert.Engine.Guarding;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Tools.Replay;

/// <summary>
/// Compares every packet around every stage and counts what was changed, made bad and dropped. A packet that a stage left alone costs a
/// copy and a comparison; only changed ones are taken apart. Not thread-safe.
/// </summary>
internal sealed class StageTallies : IChainObserver
{
    private readonly Dictionary<StageNode, Cells> _cells = [];
    private readonly PacketSnapshots _before = new();
    private StageNode? _current;
    private bool _inspecting;

    /// <summary>Judges every packet's checksums as well; its packets must carry their place in the batch, from 1, as mark.</summary>
    public Inspector? Inspector { get; set; }

    public bool Begin(PacketBatch batch, StageNode first, StageNode? emitter)
    {
        // What a stage made carries no mark.
        _inspecting = emitter is null && Inspector is not null && Inspector.Begin(batch, first, emitter);
        return true;
    }

    public void Before(StageNode node, PacketBatch batch)
    {
        _current = node;
        if (IsIp(node))
        {
            _before.Take(batch);
        }

        if (_inspecting)
        {
            Inspector!.Before(node, batch);
        }
    }

    public void After(StageNode node, PacketBatch batch)
    {
        for (var i = 0; i < batch.Count && IsIp(node); i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped && !packet.Data.SequenceEqual(_before[i]))
            {
                NoteChange(CellsOf(node), _before[i], packet.Data);
            }
        }

        if (_inspecting)
        {
            Inspector!.After(node, batch);
        }

        _current = null;
    }

    public void End(PacketBatch batch)
    {
        _current = null;
        if (_inspecting)
        {
            Inspector!.End();
        }
    }

    /// <summary>A packet is dropped by the stage that has the batch.</summary>
    public void NoteDrop(DropReason reason, uint mark)
    {
        if (_current is { } node)
        {
            if (_inspecting)
            {
                Inspector!.Dropped(node, mark, reason);
            }

            Add(CellsOf(node).Drops, CounterName.Of(reason), 1);
        }
    }

    /// <summary>The result for one stage.</summary>
    /// <param name="unit">The stage.</param>
    /// <param name="direction">The direction that was replayed; emissions count in both.</param>
    public StageTally Of(StageUnit unit, Direction direction)
    {
        var node = unit.Nodes[0];
        var traffic = node.Traffic(direction);
        var cells = CellsOf(node);
        return new StageTally
        {
            Id = unit.Id,
            In = traffic.PacketsIn,
            Passed = traffic.Passed,
            PassedBy = traffic.PassedBy,
            When = unit.Plan.Entry.When?.ToString(),
            Shadow = unit.Shadow?.GetStatus(),
            Changed = cells.Changed,
            ChangedFields = [.. cells.Fields],
            MadeBad = cells.MadeBad,
            Drops = [.. cells.Drops],
            Taken = traffic.Taken + traffic.Consumed,
            Faulted = traffic.Faulted,
            Emitted = node.Outbound.Emitted + node.Inbound.Emitted,
            Counters = unit.Counters.All,
            Details = unit.Status.Ask(PluginGuard.Limit),
        };
    }

    private static bool IsIp(StageNode node) =>
        node.Unit.Plan.Shape.Above == PacketKind.Ip && node.Unit.Plan.Shape.Below == PacketKind.Ip;

    private static void NoteChange(Cells cells, Span<byte> before, Span<byte> after)
    {
        cells.Changed++;
        foreach (var change in FieldChanges.Compare(before, after).All)
        {
            Add(cells.Fields, change.Name, 1);
        }

        if (IsBad(after) && !IsBad(before))
        {
            cells.MadeBad++;
        }
    }

    private static bool IsBad(Span<byte> packet) => IpView.TryParse(packet, out var ip)
        && (PacketChecksums.JudgeTransport(ip).Verdict == ChecksumVerdict.Bad
            || (Ipv4View.TryParse(packet, out var header) && !header.IsHeaderChecksumValid));

    private static void Add(OrderedDictionary<string, long> counts, string name, long count) =>
        counts[name] = counts.GetValueOrDefault(name) + count;

    private Cells CellsOf(StageNode node)
    {
        if (!_cells.TryGetValue(node, out var cells))
        {
            cells = new Cells();
            _cells.Add(node, cells);
        }

        return cells;
    }

    private sealed class Cells
    {
        public OrderedDictionary<string, long> Fields { get; } = [];

        public OrderedDictionary<string, long> Drops { get; } = [];

        public long Changed { get; set; }

        public long MadeBad { get; set; }
    }
}
