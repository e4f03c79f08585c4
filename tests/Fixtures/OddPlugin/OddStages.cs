using System.Text;
using Culvert.Options;
using Culvert.Stages;

namespace OddPlugin;

public sealed record NoOptions;

/// <summary>No packet can go through it.</summary>
[Stage("no-packet-stage", "Implements half of the contract.")]
public sealed class NoPacketStage : IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record PositionalOptions(int Number);

/// <summary>Its options cannot be made without a value for each.</summary>
[Stage("positional", "Has options with a constructor.")]
public sealed class PositionalStage : IPacketStage, IStageDefinition<PositionalOptions>
{
    public static StageShape Shape(PositionalOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record StrangeOptions
{
    [Option("No one can write this in a file.")]
    public StringBuilder? Builder { get; init; }
}

[Stage("strange", "Has an option of a type that no file can hold.")]
public sealed class StrangeStage : IPacketStage, IStageDefinition<StrangeOptions>
{
    public static StageShape Shape(StrangeOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record ReadOnlyOptions
{
    [Option("No one can set this.")]
    public int Number { get; } = 1;
}

[Stage("read-only", "Has an option that cannot be set.")]
public sealed class ReadOnlyStage : IPacketStage, IStageDefinition<ReadOnlyOptions>
{
    public static StageShape Shape(ReadOnlyOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record ThrowingOptions
{
    [Option("Fails to get its default.")]
    public int Number { get; init; } = int.Parse("no number", System.Globalization.CultureInfo.InvariantCulture);
}

[Stage("throwing", "Has options that throw when they are made.")]
public sealed class ThrowingStage : IPacketStage, IStageDefinition<ThrowingOptions>
{
    public static StageShape Shape(ThrowingOptions options) => StageShape.Through(PacketKind.Ip);
}

/// <summary>Nothing is wrong with it.</summary>
[Stage("good", "Is right, and implements the contract explicitly.", Stability = StageStability.Experimental)]
public sealed class GoodStage : IPacketStage, IStageDefinition<NoOptions>
{
    static StageShape IStageDefinition<NoOptions>.Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);
}
