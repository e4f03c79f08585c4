using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>One stage in its place, with what the plan gives it. All numbers are bytes.</summary>
internal sealed record PlannedStage
{
    /// <summary>The entry in the file.</summary>
    public required StageEntry Entry { get; init; }

    /// <summary>Its shape under its options.</summary>
    public required StageShape Shape { get; init; }

    /// <summary>The shape of the candidate beside it; null for none.</summary>
    public StageShape? CandidateShape { get; init; }

    /// <summary>The largest packet at its upper side; at a host end the same as below.</summary>
    public required int MtuAbove { get; init; }

    /// <summary>The largest packet at its lower side; at a network end the path MTU.</summary>
    public required int MtuBelow { get; init; }

    /// <summary>The initial <see cref="IStageContext.Mtu"/> of the stage.</summary>
    public int Mtu => Place.Mtu;

    /// <summary>The part of the plan that <see cref="IStageContext.Plan"/> and the stage's own rules see.</summary>
    public required StagePlan Place { get; init; }

    /// <summary>The largest TCP segment over IPv4 that fits <see cref="Mtu"/>; null where no IP packets pass.</summary>
    public int? MssIpv4 => MssCeiling.Ipv4(KindAtMtu, Mtu);

    /// <summary>The largest TCP segment over IPv6 that fits <see cref="Mtu"/>; null where no IP packets pass.</summary>
    public int? MssIpv6 => MssCeiling.Ipv6(KindAtMtu, Mtu);

    private PacketKind KindAtMtu => Shape.IsHostEndpoint ? Shape.Below : Shape.Above;
}
