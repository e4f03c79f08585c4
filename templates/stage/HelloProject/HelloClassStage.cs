using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace HelloSpace;

/// <summary>Drops packets that are too short; everything else passes.</summary>
[Stage("hello-stage-name", "Drops packets that are too short.")]
public sealed class HelloClassStage : IPacketStage, IStageDefinition<HelloClassOptions>
{
    private readonly HelloClassOptions _options;
    private readonly DropReason _tooShort;

    public HelloClassStage(HelloClassOptions options, IStageContext context)
    {
        _options = options;
        _tooShort = TooShort(context.Counters);
    }

    public static void DeclareCounters(CounterSet counters) => TooShort(counters);

    public static StageShape Shape(HelloClassOptions options) => StageShape.Through(PacketKind.Ip);

    /// <summary>From the host to the network.</summary>
    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (packet.Length < _options.MinLength)
            {
                packet.Drop(_tooShort);
            }
        }
    }

    private static DropReason TooShort(CounterSet counters) =>
        counters.DropReason("too-short", "Packets shorter than min-length.");
}
