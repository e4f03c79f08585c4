using Culvert.Stages;

namespace NamelessPlugin;

public sealed record NoOptions;

/// <summary>Its name is no literal, so nobody can know it without running code.</summary>
public sealed class NamelessStage : IPacketStage, IStageDefinition<NoOptions>
{
    public static string Name { get; } = string.Join('-', "name", "less");

    public static string Summary => "Has no literal name.";

    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);
}
