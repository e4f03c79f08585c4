using System.Text;
using Culvert.Options;
using Culvert.Stages;

namespace OddPlugin;

public sealed record NoOptions;

/// <summary>No packet can go through it.</summary>
public sealed class NoPacketStage : IStageDefinition<NoOptions>
{
    public static string Name => "no-packet-stage";

    public static string Summary => "Implements half of the contract.";

    public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record PositionalOptions(int Number);

/// <summary>Its options cannot be made without a value for each.</summary>
public sealed class PositionalStage : IPacketStage, IStageDefinition<PositionalOptions>
{
    public static string Name => "positional";

    public static string Summary => "Has options with a constructor.";

    public static StageShape Shape(PositionalOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record StrangeOptions
{
    [Option("No one can write this in a file.")]
    public StringBuilder? Builder { get; init; }
}

public sealed class StrangeStage : IPacketStage, IStageDefinition<StrangeOptions>
{
    public static string Name => "strange";

    public static string Summary => "Has an option of a type that no file can hold.";

    public static StageShape Shape(StrangeOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record ReadOnlyOptions
{
    [Option("No one can set this.")]
    public int Number { get; } = 1;
}

public sealed class ReadOnlyStage : IPacketStage, IStageDefinition<ReadOnlyOptions>
{
    public static string Name => "read-only";

    public static string Summary => "Has an option that cannot be set.";

    public static StageShape Shape(ReadOnlyOptions options) => StageShape.Through(PacketKind.Ip);
}

public sealed record ThrowingOptions
{
    [Option("Fails to get its default.")]
    public int Number { get; init; } = int.Parse("no number", System.Globalization.CultureInfo.InvariantCulture);
}

public sealed class ThrowingStage : IPacketStage, IStageDefinition<ThrowingOptions>
{
    public static string Name => "throwing";

    public static string Summary => "Has options that throw when they are made.";

    public static StageShape Shape(ThrowingOptions options) => StageShape.Through(PacketKind.Ip);
}

/// <summary>Nothing is wrong with it, but for a getter with a body, which debug builds write with a local.</summary>
public sealed class GoodStage : IPacketStage, IStageDefinition<NoOptions>
{
    static string IStageDefinition<NoOptions>.Name
    {
        get { return "good"; }
    }

    static string IStageDefinition<NoOptions>.Summary => "Is right, and implements the contract explicitly.";

    static StageShape IStageDefinition<NoOptions>.Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);
}
