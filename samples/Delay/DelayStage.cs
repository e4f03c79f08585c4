using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace Delay;

/// <summary>Holds every packet for a fixed time, as a long path does. The order is kept.</summary>
[Stage("delay", "Holds every packet for a fixed time, as a long path does.", Stability = StageStability.Experimental)]
public sealed class DelayStage : IPacketStage, IStageDefinition<DelayOptions>, ICountedStage, IDisposable
{
    private readonly DelayLine _outbound;
    private readonly DelayLine _inbound;

    public DelayStage(DelayOptions options, IStageContext context)
    {
        var full = Full(context.Counters);
        _outbound = new DelayLine(Direction.Outbound, options, context, full);
        _inbound = new DelayLine(Direction.Inbound, options, context, full);
    }

    public static void DeclareCounters(CounterSet counters) => Full(counters);

    public static StageShape Shape(DelayOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch) => _outbound.Add(batch);

    public void Inbound(PacketBatch batch) => _inbound.Add(batch);

    /// <summary>Sends what is left: a reload must not lose packets.</summary>
    public void Dispose()
    {
        _outbound.Dispose();
        _inbound.Dispose();
    }

    private static DropReason Full(CounterSet counters) =>
        counters.DropReason("line-full", "Packets that came while max-packets were held, or while the host had no memory for one more.");
}
