using Culvert.Engine.Planning;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>A queue pair: the two loops and the chain that they run.</summary>
internal sealed class Lane
{
    public Lane(int index, Chain chain, PipelinePlan plan, PipelineOptions options, PacketPool pool, IFaultSink faults)
    {
        (Index, Chain) = (index, chain);
        Outbound = MakeLoop(Direction.Outbound, plan.OutboundRoom);
        Inbound = MakeLoop(Direction.Inbound, plan.InboundRoom);

        LaneLoop MakeLoop(Direction direction, PacketRoom room) => new(
            direction, index, chain, new PacketBatch(options.BatchSize, room, pool, direction), options.Time, faults);
    }

    /// <summary>From 0.</summary>
    public int Index { get; }

    /// <summary>The chain that the loops run, or take up in their next round.</summary>
    public Chain Chain { get; private set; }

    public LaneLoop Outbound { get; }

    public LaneLoop Inbound { get; }

    public IEnumerable<LaneLoop> Loops => [Outbound, Inbound];

    public LaneLoop Loop(Direction direction) => direction == Direction.Outbound ? Outbound : Inbound;

    /// <summary>Gives both loops another chain; does not wait for them.</summary>
    public void Switch(Chain chain)
    {
        Chain = chain;
        Outbound.Switch(chain);
        Inbound.Switch(chain);
    }
}
