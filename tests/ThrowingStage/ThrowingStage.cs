using Culvert.Packets;
using Culvert.Stages;

namespace ThrowingStage;

/// <summary>It has none.</summary>
public sealed record ThrowingOptions;

/// <summary>A stage with a bug: it throws on every packet, both ways. A plugin for the tests of fault containment.</summary>
[Stage("throwing", "Throws on every packet.")]
public sealed class ThrowingStage(ThrowingOptions options, IStageContext context) : IPacketStage, IStageDefinition<ThrowingOptions>
{
    public static StageShape Shape(ThrowingOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch) => Throw(batch);

    public void Inbound(PacketBatch batch) => Throw(batch);

    private void Throw(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            throw new InvalidOperationException($"{context.Id} cannot handle {packet.Length} bytes with {options}");
        }
    }
}
