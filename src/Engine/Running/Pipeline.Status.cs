using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>What a running pipeline tells of itself.</summary>
public sealed partial class Pipeline
{
    /// <summary>
    /// Everything that there is to tell now; once it is closed, what there was to tell at the end. From any thread; the data path is not
    /// held up.
    /// </summary>
    public PipelineStatus GetStatus()
    {
        if (_final is { } final)
        {
            return final;
        }

        var units = _units;
        return new PipelineStatus
        {
            Uptime = _options.Time.GetElapsedTime(_startedAt),
            Lanes = _options.Lanes,
            Mtu = units.Length == 0 ? 0 : units[0].Mtu,
            LeasesInUse = _pool.InUse,
            Stages = [.. units.Select(unit => Describe(unit, DetailsOf(unit)))],
            Inspection = _inspection?.GetReport(),
        };
    }

    private PipelineStatus AfterClose(PipelineStatus before) => before with
    {
        LeasesInUse = _pool.InUse,
        Stages = [.. _units.Zip(before.Stages, (unit, stage) => Describe(unit, stage.Details))],
    };

    private static StageStatus Describe(StageUnit unit, JsonObject? details) => new()
    {
        Id = unit.Id,
        Stage = unit.Plan.Entry.Type.Name,
        Mtu = unit.Mtu,
        Faults = unit.Faults,
        IsBypassed = unit.IsBypassed,
        When = unit.Plan.Entry.When,
        Outbound = Sum(unit, Direction.Outbound),
        Inbound = Sum(unit, Direction.Inbound),
        Held = unit.Holder.Held,
        Rented = unit.Holder.Rented,
        Released = unit.Holder.Released,
        Counters = unit.Counters.All,
        Details = details,
    };

    private static TrafficStatus Sum(StageUnit unit, Direction direction)
    {
        StageTraffic[] lanes = [.. unit.Nodes.Select(node => node.Traffic(direction))];
        var timed = lanes.Sum(lane => lane.TimedPackets);
        var seconds = (double)lanes.Sum(lane => lane.TimedTicks) / Stopwatch.Frequency;
        return new TrafficStatus
        {
            PacketsIn = lanes.Sum(lane => lane.PacketsIn),
            BytesIn = lanes.Sum(lane => lane.BytesIn),
            PacketsOut = lanes.Sum(lane => lane.Passed),
            Dropped = lanes.Sum(lane => lane.Dropped) + unit.Holder.Dropped(direction),
            Discarded = unit.HostDrops.Discarded(direction) + unit.Holder.Discarded(direction),
            Consumed = lanes.Sum(lane => lane.Consumed),
            Taken = lanes.Sum(lane => lane.Taken),
            Faulted = lanes.Sum(lane => lane.Faulted),
            Emitted = lanes.Sum(lane => lane.Emitted),
            PassedBy = lanes.Sum(lane => lane.PassedBy),
            NanosecondsPerPacket = timed == 0 ? null : seconds * 1e9 / timed,
        };
    }

    [SuppressMessage("Design", "CA1031", Justification = "A status that one stage cannot give must not hide the others.")]
    private static JsonObject? DetailsOf(StageUnit unit)
    {
        try
        {
            return (unit.Nodes[0].Stage as IStatusSource)?.GetStatus();
        }
        catch (Exception error)
        {
            return new JsonObject { ["error"] = $"the stage's status threw {error.GetType().Name}: {error.Message}" };
        }
    }
}
