using Culvert.Packets;

namespace Culvert.Engine.Planning;

/// <summary>What is known of a pipeline before anything is opened: each stage's place, the MTUs, and the room in packet slots.</summary>
public sealed record PipelinePlan
{
    /// <summary>From the host end to the network end.</summary>
    public required IReadOnlyList<PlannedStage> Stages { get; init; }

    /// <summary>The MTUs as the file gives them: the most that later reports of the ends can raise them to.</summary>
    public required MtuPlan Mtu { get; init; }

    /// <summary>The room of a packet that the host end fills.</summary>
    public required PacketRoom OutboundRoom { get; init; }

    /// <summary>The room of a packet that the network end fills.</summary>
    public required PacketRoom InboundRoom { get; init; }

    /// <summary>The room of a lease, which any stage may emit in either direction.</summary>
    public required PacketRoom LeaseRoom { get; init; }
}
