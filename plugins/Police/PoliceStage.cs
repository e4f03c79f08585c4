using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.Police;

/// <summary>
/// Bounds the rate of packets, for all or for each prefix, with token buckets that the lanes share. Packets above the rate are dropped or
/// marked; none is delayed.
/// </summary>
[Stage("police", "Bounds a rate, for all packets or for each prefix.")]
public sealed class PoliceStage : IPacketStage, IStageDefinition<PoliceOptions>
{
    private readonly Policer? _outbound;
    private readonly Policer? _inbound;

    /// <summary>Created by the host.</summary>
    public PoliceStage(PoliceOptions options, IStageContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _outbound = options.Direction == PoliceDirection.Inbound ? null : new(options, context, "outbound");
        _inbound = options.Direction == PoliceDirection.Outbound ? null : new(options, context, "inbound");
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters)
    {
        _ = new PoliceCounters(counters, "outbound");
        _ = new PoliceCounters(counters, "inbound");
    }

    /// <inheritdoc/>
    public static StageShape Shape(PoliceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return StageShape.Through(
            PacketKind.Ip, options.Exceed.Mark is null ? HeaderFields.None : HeaderFields.TrafficClass | HeaderFields.Ipv4Checksum);
    }

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch) => _outbound?.Police(batch);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch) => _inbound?.Police(batch);
}
