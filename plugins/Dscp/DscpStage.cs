using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Dscp.Copying;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.Dscp;

/// <summary>Writes a DSCP (RFC 2474) into packets of both directions that match. ECN stays as it is.</summary>
[Stage("dscp", "Sets, clears or copies the DSCP of packets that match an expression.")]
public sealed class DscpStage : IPacketStage, IStageDefinition<DscpOptions>
{
    private readonly IDscpMarker _marker;
    private readonly BatchCounter _outbound;
    private readonly BatchCounter _inbound;

    /// <summary>Created by the host.</summary>
    public DscpStage(DscpOptions options, IStageContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _marker = options.Copy is { } from
            ? new DscpCopier(options.Match, from == DscpSource.Outbound ? Direction.Outbound : Direction.Inbound, context.State("flows", own => new FlowMarks(own.Time, Evicted(own.Counters))))
            : new DscpMarker(options.Match, options.Set ?? 0);
        Evicted(context.Counters);
        _outbound = Marked(context.Counters, "outbound");
        _inbound = Marked(context.Counters, "inbound");
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters)
    {
        Marked(counters, "outbound");
        Marked(counters, "inbound");
        Evicted(counters);
    }

    /// <inheritdoc/>
    public static StageShape Shape(DscpOptions options) =>
        StageShape.Through(PacketKind.Ip, HeaderFields.TrafficClass | HeaderFields.Ipv4Checksum);

    /// <inheritdoc/>
    public static void Validate(DscpOptions options, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        var actions = (options.Set is null ? 0 : 1) + (options.Clear ? 1 : 0) + (options.Copy is null ? 0 : 1);
        if (actions != 1)
        {
            report.Error(
                "set",
                actions == 0 ? "none of set, clear and copy" : "more than one of set, clear and copy",
                "write one of 'set: 46', 'clear: true' and 'copy: outbound'");
        }
    }

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch) => Mark(batch, _outbound);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch) => Mark(batch, _inbound);

    private void Mark(PacketBatch batch, BatchCounter marked)
    {
        foreach (var packet in batch)
        {
            if (_marker.TryMark(packet.Data, batch.Direction, batch.Timestamp))
            {
                marked.Increment();
            }
        }

        marked.Publish();
    }

    private static Counter Evicted(CounterSet counters) =>
        counters.Create("evicted", "flows", "Flows that made room for newer ones before they expired; their answers keep their own mark.");

    private static BatchCounter Marked(CounterSet counters, string direction) =>
        new(counters.Create("marked", "packets", "Packets whose DSCP was changed.", KeyValuePair.Create("direction", direction)));
}
