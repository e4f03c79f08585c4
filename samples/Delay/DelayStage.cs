using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace Delay;

/// <summary>Holds every packet for a fixed time, as a long path does. The order is kept.</summary>
[Stage("delay", "Holds every packet for a fixed time, as a long path does.", IsExperimental = true)]
public sealed class DelayStage : IPacketStage, IStageDefinition<DelayOptions>
{
    private readonly DelayLines _lines;

    public DelayStage(DelayOptions options, IStageContext context)
    {
        // The held packets outlive this instance: after a reload its successor gets the same object.
        _lines = context.State("lines", own => new DelayLines(own, Full(own.Counters), options));
        // Until the new chain runs, the old instance still uses the lines with its own options.
        context.Post(() => _lines.Use(options));
    }

    public static void DeclareCounters(CounterSet counters) => Full(counters);

    public static StageShape Shape(DelayOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch) => _lines.Outbound.Add(batch);

    public void Inbound(PacketBatch batch) => _lines.Inbound.Add(batch);

    private static DropReason Full(CounterSet counters) =>
        counters.DropReason("line-full", "Packets that came while max-packets were held, or while the host had no memory for one more.");
}
