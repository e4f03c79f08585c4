using System.Globalization;
using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Engine.Inspection;

/// <summary>
/// Writes down the way of packets that match a filter, in one direction of one lane. A packet that is sealed when it comes in is followed
/// until it is open and can be matched. It copies and allocates: it is there only while somebody traces.
/// </summary>
internal sealed class TraceObserver(Tracer tracer, Direction direction) : IPacketObserver
{
    private readonly Dictionary<uint, Followed> _followed = [];
    private StageNode? _inside;

    public bool Begin(PacketBatch batch, StageNode first, StageNode? emitter)
    {
        _followed.Clear();
        _inside = null;
        if (tracer.IsDone)
        {
            return false;
        }

        var entered = emitter is null ? "received" : $"emitted by {emitter.Unit.Id}";
        var kind = first.Unit.Plan.Shape.KindBefore(direction);
        var mark = 0u;
        foreach (ref var slot in batch.Slots)
        {
            mark++;
            var matches = (kind == PacketKind.Ip || tracer.Filter.IsEverything) && tracer.Filter.Matches(slot.Data, direction);
            if (matches || kind != PacketKind.Ip)
            {
                _followed.Add(mark, new Followed(entered, Describe(slot, kind), matches));
            }
        }

        return _followed.Count != 0;
    }

    public void Before(StageNode node, PacketBatch batch)
    {
        EndFaulted();
        _inside = node;
        foreach (ref var slot in batch.Slots)
        {
            if (_followed.TryGetValue(slot.Mark, out var packet))
            {
                packet.Before = slot.Data.ToArray();
            }
        }
    }

    public void Dropped(StageNode node, uint mark, DropReason reason)
    {
        if (_followed.TryGetValue(mark, out var packet))
        {
            packet.End(new TraceStep(node.Unit.Id, "dropped", [], reason.Name, null));
        }
    }

    public void After(StageNode node, PacketBatch batch)
    {
        _inside = null;
        foreach (ref var slot in batch.Slots)
        {
            if (!_followed.TryGetValue(slot.Mark, out var packet) || packet.HasEnded)
            {
                continue;
            }

            if (slot.Dropped)
            {
                packet.End(new TraceStep(node.Unit.Id, "taken", [], null, null));
            }
            else
            {
                packet.Steps.Add(Pass(node, ref slot, packet));
            }
        }
    }

    public void End()
    {
        EndFaulted();
        foreach (var packet in _followed.Values)
        {
            if (packet.Matches)
            {
                tracer.Add(new PacketTrace(direction, packet.Entered, packet.Text, packet.Steps));
            }
        }

        _followed.Clear();
    }

    private static string Describe(in PacketSlot slot, PacketKind kind)
    {
        if (kind == PacketKind.Ip)
        {
            return PacketText.Describe(slot.Data);
        }

        var endpoint = slot.Endpoint.IsNone ? "" : $", {slot.Endpoint}";
        return string.Create(CultureInfo.InvariantCulture, $"{kind}, {slot.Length} bytes{endpoint}");
    }

    /// <summary>Ends the packets of a stage that threw: its walk never came behind it.</summary>
    private void EndFaulted()
    {
        if (_inside is not { } culprit)
        {
            return;
        }

        foreach (var packet in _followed.Values.Where(packet => !packet.HasEnded))
        {
            if (PassBy(culprit, packet) is { } step)
            {
                packet.Steps.Add(step);
            }
            else
            {
                packet.End(new TraceStep(culprit.Unit.Id, "faulted", [], null, null));
            }
        }
    }

    private TraceStep? PassBy(StageNode node, Followed packet) =>
        node.Unit.Plan.Entry.When is { } when && !when.Matches(packet.Before, direction)
            ? new TraceStep(node.Unit.Id, "passed-by", [], when.Opposite, null)
            : null;

    private TraceStep Pass(StageNode node, ref PacketSlot slot, Followed packet)
    {
        if (PassBy(node, packet) is { } passedBy)
        {
            return passedBy;
        }

        var shape = node.Unit.Plan.Shape;
        var (before, behind) = (shape.KindBefore(direction), shape.KindBehind(direction));
        if (before == PacketKind.Ip && behind == PacketKind.Ip)
        {
            var changes = FieldChanges.Compare(packet.Before, slot.Data);
            return new TraceStep(node.Unit.Id, "passed", [.. changes.All.Select(change => change.ToString())], null, null);
        }

        packet.Matches |= behind == PacketKind.Ip && tracer.Filter.Matches(slot.Data, direction);
        var isSink = behind == PacketKind.Host || behind == PacketKind.Network;
        string[] change = before == behind || isSink ? [] : [$"{before}, {packet.Before.Length} bytes → {Describe(slot, behind)}"];
        return behind == PacketKind.Ip
            ? new TraceStep(node.Unit.Id, "passed", [$"{before}, {packet.Before.Length} bytes → {behind}, {slot.Length} bytes"], null, Describe(slot, behind))
            : new TraceStep(node.Unit.Id, "passed", change, null, null);
    }

    /// <summary>A packet on its way.</summary>
    private sealed class Followed(string entered, string text, bool matches)
    {
        public string Entered => entered;

        public string Text => text;

        public bool Matches { get; set; } = matches;

        public bool HasEnded { get; private set; }

        public byte[] Before { get; set; } = [];

        public List<TraceStep> Steps { get; } = [];

        public void End(TraceStep last)
        {
            HasEnded = true;
            Steps.Add(last);
        }
    }
}
