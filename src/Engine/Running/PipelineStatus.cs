using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Filtering;

namespace Culvert.Engine.Running;

/// <summary>A pipeline at one moment. The numbers are read while packets flow, so that neighbours may differ by a batch.</summary>
public sealed record PipelineStatus
{
    /// <summary>Since it was started.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>The number of queue pairs that work in parallel.</summary>
    public required int Lanes { get; init; }

    /// <summary>The largest packet inside the tunnel, in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Leases that stages hold or have under way now.</summary>
    public required int LeasesInUse { get; init; }

    /// <summary>The largest number of leases: the size of the packet pool.</summary>
    public required int LeaseCapacity { get; init; }

    /// <summary>From the host end to the network end.</summary>
    public required IReadOnlyList<StageStatus> Stages { get; init; }
}

/// <summary>One stage at one moment, all its lanes together.</summary>
public sealed record StageStatus
{
    /// <summary>The entry's id.</summary>
    public required string Id { get; init; }

    /// <summary>The stage's name.</summary>
    public required string Stage { get; init; }

    /// <summary>The largest packet at its place, in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>The derivation of <see cref="Mtu"/> in words: <c>1500 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1440</c>.</summary>
    public string Derivation { get; init; } = "";

    /// <summary>The name of the kind of packets at its upper side; that of the kind below at the host end.</summary>
    public string Above { get; init; } = "";

    /// <summary>The name of the kind of packets at its lower side; that of the kind above at the network end.</summary>
    public string Below { get; init; } = "";

    /// <summary>The bytes that it adds to a packet on the way to the network.</summary>
    public int Overhead { get; init; }

    /// <summary>The number of exceptions that the stage threw.</summary>
    public required long Faults { get; init; }

    /// <summary>The latest of <see cref="Faults"/> that was logged; null for none.</summary>
    public StageFault? LastFault { get; init; }

    /// <summary>True once a fault has taken it out of the chain.</summary>
    public required bool IsBypassed { get; init; }

    /// <summary>The filter of the packets that go through it; null for all.</summary>
    public PacketFilter? When { get; init; }

    /// <summary>The candidate beside it; null for none.</summary>
    public ShadowStatus? Shadow { get; init; }

    /// <summary>From the host to the network.</summary>
    public required TrafficStatus Outbound { get; init; }

    /// <summary>From the network to the host.</summary>
    public required TrafficStatus Inbound { get; init; }

    /// <summary>Packets that it holds now: rented or taken, and not yet emitted, dropped or disposed.</summary>
    public required long Held { get; init; }

    /// <summary>Packets that it rented to write.</summary>
    public required long Rented { get; init; }

    /// <summary>Packets that it rented and disposed without emitting them.</summary>
    public required long Released { get; init; }

    /// <summary>The stage's own counters, and the reasons for all drops.</summary>
    public required IReadOnlyList<Counter> Counters { get; init; }

    /// <summary>The stage's status details; null without any.</summary>
    public JsonObject? Details { get; init; }
}

/// <summary>An exception that a stage threw.</summary>
/// <param name="At">When.</param>
/// <param name="Message">The exception's message; a stage wrote it.</param>
public sealed record StageFault(DateTimeOffset At, string Message);

/// <summary>
/// What went through a stage in one direction, up to now. Nothing is lost in silence: once a stage is idle, over both directions
/// <c>in + rented = out + dropped + discarded + faulted + consumed + emitted + released + held</c>.
/// </summary>
public sealed record TrafficStatus
{
    /// <summary>Packets that came to it; at the end that they come from: that it received.</summary>
    public required long PacketsIn { get; init; }

    /// <summary>The bytes of <see cref="PacketsIn"/>.</summary>
    public required long BytesIn { get; init; }

    /// <summary>Packets that it passed on, its own emissions not among them.</summary>
    public required long PacketsOut { get; init; }

    /// <summary>Packets that it dropped under a reason, those that it took before included.</summary>
    public required long Dropped { get; init; }

    /// <summary>
    /// Packets that the host dropped here for another reason than a fault: emitted too late or after the stage was removed, taken and
    /// disposed without a reason, or in a batch from which the stage did not return.
    /// </summary>
    public required long Discarded { get; init; }

    /// <summary>Packets that had arrived: they were for this stage itself.</summary>
    public required long Consumed { get; init; }

    /// <summary>Packets that it took out of a batch to keep; it has emitted or dropped them since, or holds them.</summary>
    public required long Taken { get; init; }

    /// <summary>Packets that were dropped because it threw.</summary>
    public required long Faulted { get; init; }

    /// <summary>Packets that it emitted in this direction.</summary>
    public required long Emitted { get; init; }

    /// <summary>Packets that did not match its condition, and passed by it. Among <see cref="PacketsIn"/> and <see cref="PacketsOut"/>.</summary>
    public required long PassedBy { get; init; }

    /// <summary>The mean time in it for one packet, in nanoseconds, over the latest batches whose time was taken; null before the first.</summary>
    public required double? NanosecondsPerPacket { get; init; }
}
