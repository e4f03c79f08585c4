using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace HelloStage;

/// <summary>Drops packets that are too short; everything else passes.</summary>
[Stage("hello-stage-name", "Drops packets that are too short.")]
public sealed class HelloStageStage : IPacketStage, IStageDefinition<HelloStageOptions>
{
    private readonly HelloStageOptions _options;
    private readonly DropReason _tooShort;

    public HelloStageStage(HelloStageOptions options, IStageContext context)
    {
        _options = options;
        _tooShort = context.Counters.DropReason("too-short", "Packets shorter than least-length.");
    }

    public static StageShape Shape(HelloStageOptions options) => StageShape.Through(PacketKind.Ip);

    /// <summary>From the host to the network.</summary>
    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (packet.Length < _options.LeastLength)
            {
                packet.Drop(_tooShort);
            }
        }
    }
}
