using Culvert.Packets;

namespace Culvert.Engine.Planning;

/// <summary>A pipeline before anything is opened: each stage's place, the MTUs, and the room in packet slots. Immutable.</summary>
public sealed record PipelinePlan
{
    internal PipelinePlan(
        IReadOnlyList<PlannedStage> stages, MtuPlan mtu, PacketRoom outboundRoom, PacketRoom inboundRoom, PacketRoom leaseRoom) =>
        (Stages, Mtu, OutboundRoom, InboundRoom, LeaseRoom) = (stages, mtu, outboundRoom, inboundRoom, leaseRoom);

    /// <summary>From the host end to the network end.</summary>
    internal IReadOnlyList<PlannedStage> Stages { get; init; }

    /// <summary>The MTUs as the file gives them: the most that later reports of the ends can raise them to.</summary>
    internal MtuPlan Mtu { get; init; }

    /// <summary>The room of a packet that the host end fills.</summary>
    internal PacketRoom OutboundRoom { get; init; }

    /// <summary>The room of a packet that the network end fills.</summary>
    internal PacketRoom InboundRoom { get; init; }

    /// <summary>The room of a lease, which any stage may emit in either direction.</summary>
    internal PacketRoom LeaseRoom { get; init; }
}
