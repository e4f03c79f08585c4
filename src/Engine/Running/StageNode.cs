using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>One instance of a stage: one entry of the file in one lane. It outlives a chain when a reload keeps it.</summary>
internal sealed class StageNode
{
    /// <summary>Initializes a node. A successor continues its predecessor's counters: the same loops write the numbers.</summary>
    public StageNode(StageUnit unit, int lane, StageNode? predecessor)
    {
        (Unit, Lane) = (unit, lane);
        Outbound = predecessor?.Outbound ?? new StageTraffic();
        Inbound = predecessor?.Inbound ?? new StageTraffic();
    }

    /// <summary>The entry that it is an instance of.</summary>
    public StageUnit Unit { get; }

    /// <summary>The lane that it serves.</summary>
    public int Lane { get; }

    /// <summary>The instance; set once, right after its constructor returned.</summary>
    public IPacketStage Stage { get; set; } = null!;

    /// <summary>The descriptor of an endpoint that can be polled, read once; null for any other stage.</summary>
    public int? Descriptor { get; set; }

    /// <summary>The traffic from the host to the network.</summary>
    public StageTraffic Outbound { get; }

    /// <summary>The traffic from the network to the host.</summary>
    public StageTraffic Inbound { get; }

    /// <summary>The traffic of one direction.</summary>
    public StageTraffic Traffic(Direction direction) => direction == Direction.Outbound ? Outbound : Inbound;
}
