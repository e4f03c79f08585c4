using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.ChecksumGuard;

/// <summary>
/// Judges the checksums of the packets that come to its place: the IPv4 header's, TCP's, UDP's, ICMP's and ICMPv6's. A bad one is counted
/// and reported, and the packet dropped, passed or repaired. What cannot be judged is passed and counted, never changed.
/// </summary>
[Stage("checksum-guard", "Notices wrong checksums, and drops, passes or repairs their packets.")]
public sealed class ChecksumGuardStage(ChecksumGuardOptions options, IStageContext context)
    : IPacketStage, IStageDefinition<ChecksumGuardOptions>
{
    private readonly DirectionGuard _outbound = new(options.OnBad, "outbound", context);
    private readonly DirectionGuard _inbound = new(options.OnBad, "inbound", context);

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters)
    {
        _ = new GuardCounters(counters, "outbound");
        _ = new GuardCounters(counters, "inbound");
    }

    /// <inheritdoc/>
    public static StageShape Shape(ChecksumGuardOptions options) => StageShape.Through(
        PacketKind.Ip,
        options.OnBad == BadChecksumAction.Repair ? HeaderFields.Ipv4Checksum | HeaderFields.TransportChecksum : HeaderFields.None);

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch) => _outbound.Judge(batch);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch) => _inbound.Judge(batch);
}
