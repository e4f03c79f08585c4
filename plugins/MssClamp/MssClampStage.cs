using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.MssClamp;

/// <summary>
/// Lowers the MSS that SYNs announce to what the path carries, to the very peer where a stage below knows it, so that no segment is too large for
/// the tunnel. Every packet is passed on. <see cref="MssClamper"/> and <see cref="MssInserter"/> do the work; here are only the limits and the counting.
/// </summary>
[Stage("mss-clamp", "Lowers the MSS that TCP SYNs announce to what the path carries.")]
public sealed class MssClampStage(MssClampOptions options, IStageContext context) : IPacketStage, IStageDefinition<MssClampOptions>
{
    private readonly MssCounters? _outbound = options.Direction == ClampDirection.Inbound ? null : new(context.Counters, "outbound");
    private readonly MssCounters? _inbound = options.Direction == ClampDirection.Outbound ? null : new(context.Counters, "inbound");

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters)
    {
        _ = new MssCounters(counters, "outbound");
        _ = new MssCounters(counters, "inbound");
    }

    /// <inheritdoc/>
    public static StageShape Shape(MssClampOptions options) => options.InsertMissing
        ? StageShape.Through(PacketKind.Ip, MssClamper.Changes | MssInserter.Changes) with
        {
            Tailroom = MssInserter.OptionLength,
            InboundTailroom = MssInserter.OptionLength,
        }
        : StageShape.Through(PacketKind.Ip, MssClamper.Changes);

    /// <inheritdoc/>
    public static void Validate(MssClampOptions options, OptionsReport report) => MssRules.CheckNumbers(options.Mss, report);

    /// <inheritdoc/>
    public static void ValidatePlan(MssClampOptions options, StagePlan plan, OptionsReport report) =>
        MssRules.CheckPlan(options.Mss, plan, report);

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch) => Clamp(batch, _outbound, isOutbound: true);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch) => Clamp(batch, _inbound, isOutbound: false);

    private void Clamp(PacketBatch batch, MssCounters? counters, bool isOutbound)
    {
        if (counters is null)
        {
            return;
        }

        var mtu = context.Mtu;
        var limits = MssLimits.At(options.Mss, mtu);
        foreach (var packet in batch)
        {
            var result = MssClamper.Clamp(packet.Data, limits);
            var own = limits;
            if (result.IsUsableSyn && PathMtu(packet, isOutbound) is var path && path < mtu)
            {
                own = MssLimits.At(options.Mss, path);
                result = MssClamper.Clamp(packet.Data, own) is { Outcome: MssOutcome.Clamped } lowered ? lowered : result;
            }

            if (result.Outcome == MssOutcome.NoMssOption && options.InsertMissing && MssInserter.TryInsert(packet, own, mtu))
            {
                result = result with { Outcome = MssOutcome.Inserted };
            }

            counters.Note(result);
        }

        counters.Publish();
    }

    /// <summary>The largest packet that the segments which a SYN asks for may be: they come from where it goes to.</summary>
    private int PathMtu(Packet packet, bool isOutbound)
    {
        IpView.TryParse(packet.Data, out var ip);
        return isOutbound ? context.PathTo(ip.DestinationAddress).Inbound : context.PathTo(ip.SourceAddress).Outbound;
    }
}
