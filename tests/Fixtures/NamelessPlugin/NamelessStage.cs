using Culvert.Stages;

namespace NamelessPlugin;

public sealed record NoOptions;

/// <summary>Lacks the attribute that names it.</summary>
public sealed class NamelessStage : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);
}
