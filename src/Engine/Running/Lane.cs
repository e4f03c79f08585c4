using Culvert.Engine.Planning;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>A queue pair: its two directions, the chain that they run, and the threads that serve them.</summary>
internal sealed class Lane : IDisposable
{
    public Lane(int index, Chain chain, PipelinePlan plan, PipelineOptions options, PacketPool pool, IFaultSink faults)
    {
        (Index, Chain) = (index, chain);
        Outbound = Make(Direction.Outbound, plan.OutboundRoom);
        Inbound = Make(Direction.Inbound, plan.InboundRoom);
        Threads = Polled($"culvert lane {index}", Outbound, Inbound) is { } both
            ? [both]
            : [Single($"culvert out {index}", Outbound), Single($"culvert in {index}", Inbound)];

        LaneThread Single(string name, LaneDirection direction) => Polled(name, direction) ?? new OneWayThread(name, direction);

        LaneThread? Polled(string name, params LaneDirection[] directions) =>
            OperatingSystem.IsLinux() ? PolledThread.TryMake(name, options.BusyPoll, directions) : null;

        LaneDirection Make(Direction direction, PacketRoom room) => new(
            direction, chain, new PacketBatch(options.BatchSize, room, pool, direction), options.Time, faults);
    }

    /// <summary>From 0.</summary>
    public int Index { get; }

    /// <summary>The chain that the lane runs, or takes up in its next round.</summary>
    public Chain Chain { get; private set; }

    public LaneDirection Outbound { get; }

    public LaneDirection Inbound { get; }

    /// <summary>One for both directions, or one for each.</summary>
    public IReadOnlyList<LaneThread> Threads { get; }

    public LaneDirection In(Direction direction) => direction == Direction.Outbound ? Outbound : Inbound;

    /// <summary>Whether its threads can serve these endpoints: those that wait by poll(2) need a descriptor.</summary>
    public bool Fits(StageNode hostEnd, StageNode networkEnd) =>
        IsPolled(Outbound.SourceNode) == IsPolled(hostEnd) && IsPolled(Inbound.SourceNode) == IsPolled(networkEnd);

    /// <summary>Publishes another chain to both directions; does not wait for them.</summary>
    public void Switch(Chain chain)
    {
        Chain = chain;
        Outbound.Switch(chain);
        Inbound.Switch(chain);
    }

    /// <summary>Waits until both directions have left every chain before this one.</summary>
    /// <returns>False when the time ran out: a stage blocks.</returns>
    public bool WaitForSwitch(TimeSpan limit) => Outbound.WaitForSwitch(Chain, limit) && Inbound.WaitForSwitch(Chain, limit);

    private static bool IsPolled(StageNode endpoint) => endpoint.Descriptor is not null;

    /// <summary>Only when the threads have ended.</summary>
    public void Dispose()
    {
        foreach (var thread in Threads.OfType<IDisposable>())
        {
            thread.Dispose();
        }
    }
}
