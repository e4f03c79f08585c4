using Culvert.Engine.Running.Shadows;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// The stages of one lane in their order. Immutable: a reload or a bypass makes another, and the lane's loops take it up at a batch
/// boundary.
/// </summary>
internal sealed class Chain
{
    private readonly StageNode[] _nodes;
    private readonly int[] _outboundEntries;
    private readonly int[] _inboundEntries;

    /// <summary>Initializes a chain. A bypassed stage keeps its place so that its emissions keep working, but no packet goes through it.</summary>
    /// <param name="nodes">From the host end to the network end, both ends included.</param>
    public Chain(IEnumerable<StageNode> nodes)
    {
        _nodes = [.. nodes];
        HostEnd = (IPacketEndpoint)_nodes[0].Stage;
        NetworkEnd = (IPacketEndpoint)_nodes[^1].Stage;
        var active = _nodes.Where(node => !node.Unit.IsBypassed).ToArray();
        Outbound = [.. active.Skip(1).Select(node => new Step(node, Direction.Outbound))];
        Inbound = [.. active.SkipLast(1).Reverse().Select(node => new Step(node, Direction.Inbound))];
        _outboundEntries = [.. _nodes.Select((_, place) => EntryAfter(active.Count(node => PlaceOf(node) <= place)))];
        _inboundEntries = [.. _nodes.Select((_, place) => EntryAfter(active.Count(node => PlaceOf(node) >= place)))];
    }

    /// <summary>From the host end to the network end.</summary>
    public IReadOnlyList<StageNode> Nodes => _nodes;

    public IPacketEndpoint HostEnd { get; }

    public IPacketEndpoint NetworkEnd { get; }

    /// <summary>The steps of an outbound packet behind the host endpoint; the last one is the sink.</summary>
    public Step[] Outbound { get; }

    /// <summary>The steps of an inbound packet behind the network endpoint; the last one is the sink.</summary>
    public Step[] Inbound { get; }

    public Step[] Steps(Direction direction) => direction == Direction.Outbound ? Outbound : Inbound;

    /// <summary>The end that packets of one direction come from.</summary>
    public IPacketEndpoint Source(Direction direction) => direction == Direction.Outbound ? HostEnd : NetworkEnd;

    /// <inheritdoc cref="Source"/>
    public StageNode SourceNode(Direction direction) => direction == Direction.Outbound ? _nodes[0] : _nodes[^1];

    /// <summary>
    /// The step at which a packet that this stage emits enters: the one behind it. What an end emits towards its own side enters at its
    /// own sink, the one place that is left.
    /// </summary>
    /// <returns>An index into <see cref="Steps"/>, or −1 when the stage is no part of the chain.</returns>
    public int EntryFor(StageNode emitter, Direction direction)
    {
        var place = PlaceOf(emitter);
        return place >= 0 ? EntryAt(place, direction) : EntryForRetired(emitter.Unit, direction);
    }

    // At its successor's place, or else at the nearest of its neighbours that was kept: it enters there, or behind it where that is an end.
    private int EntryForRetired(StageUnit unit, Direction direction)
    {
        var entry = PlaceOf(unit.Id) is >= 0 and var place ? EntryAt(place, direction) : EntryAtNeighbour(unit, direction);
        if (entry < 0)
        {
            return -1;
        }

        // Never into a stage that takes another kind of packet: sealed is not readable, and readable must not be sent.
        var steps = Steps(direction);
        var (emitted, wanted) = direction == Direction.Outbound
            ? (unit.Plan.Shape.Below, steps[entry].Node.Unit.Plan.Shape.Above)
            : (unit.Plan.Shape.Above, steps[entry].Node.Unit.Plan.Shape.Below);
        return emitted == wanted ? entry : -1;
    }

    private int EntryAtNeighbour(StageUnit unit, Direction direction)
    {
        foreach (var id in direction == Direction.Outbound ? unit.OnceBelow : unit.OnceAbove)
        {
            if (PlaceOf(id) is >= 0 and var place)
            {
                var before = direction == Direction.Outbound ? place - 1 : place + 1;
                return before >= 0 && before < _nodes.Length ? EntryAt(before, direction) : -1;
            }
        }

        return -1;
    }

    private int EntryAt(int place, Direction direction) => (direction == Direction.Outbound ? _outboundEntries : _inboundEntries)[place];

    private int PlaceOf(string id) => Array.FindIndex(_nodes, node => node.Unit.Id == id);

    private int PlaceOf(StageNode node) => Array.IndexOf(_nodes, node);

    /// <summary>The steps leave out the source: behind n active stages, itself included, comes step n − 1, but never past the sink.</summary>
    private int EntryAfter(int activeUpToHere) => Math.Min(activeUpToHere - 1, Outbound.Length - 1);

    /// <summary>One stage on a direction's way, with the counts that belong to it there.</summary>
    internal readonly struct Step(StageNode node, Direction direction)
    {
        public StageNode Node { get; } = node;

        /// <summary>The stage behind what its entry asks for: the condition comes first, so that a candidate gets what the stage gets.</summary>
        public IPacketStage Stage { get; } = Wrap(node, direction);

        public StageTraffic Traffic { get; } = node.Traffic(direction);

        public PacketHolder Holder { get; } = node.Unit.Holder;

        private static IPacketStage Wrap(StageNode node, Direction direction)
        {
            var stage = node.Unit.Shadow is { } shadow ? new ShadowedStage(node.Stage, shadow.FeedOf(node.Lane, direction)) : node.Stage;
            return node.Unit.Plan.Entry.When is { } when ? new ConditionalStage(stage, when, node.Traffic(direction)) : stage;
        }
    }
}
