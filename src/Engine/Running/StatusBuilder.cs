using System.Diagnostics;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>Reads a stage's numbers. From any thread; the data path is not held up.</summary>
internal static class StatusBuilder
{
    /// <summary>The stage's status.</summary>
    /// <param name="unit">The entry.</param>
    /// <param name="limit">How long the stage may take to report its details; zero where it is disposed and cannot be asked.</param>
    public static StageStatus Of(StageUnit unit, TimeSpan limit) => new()
    {
        Id = unit.Id,
        Stage = unit.Plan.Entry.Type.Name,
        Mtu = unit.Mtu,
        Above = unit.Plan.Shape.IsHostEndpoint ? unit.Plan.Shape.Below.Name : unit.Plan.Shape.Above.Name,
        Below = unit.Plan.Shape.IsNetworkEndpoint ? unit.Plan.Shape.Above.Name : unit.Plan.Shape.Below.Name,
        Overhead = unit.Plan.Shape.Overhead,
        Faults = unit.Faults,
        LastFault = unit.LastFault,
        IsBypassed = unit.IsBypassed,
        When = unit.Plan.Entry.When,
        Shadow = unit.Shadow?.GetStatus(),
        Outbound = Sum(unit, Direction.Outbound),
        Inbound = Sum(unit, Direction.Inbound),
        Held = unit.Holder.Held,
        Rented = unit.Holder.Rented,
        Released = unit.Holder.Released,
        Counters = unit.Counters.All,
        Details = limit > TimeSpan.Zero ? unit.Status.Ask(limit) : null,
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
}
