using Culvert.Engine.Diagnostics;
using Culvert.Engine.Plugins;
using Culvert.Filtering;

namespace Culvert.Engine.Planning;

/// <summary>One enabled entry of <c>stages</c>, checked: its stage is found, its options are read and valid.</summary>
internal sealed record StageEntry
{
    /// <summary>Unique in the file: the key <c>id</c>, or the stage's name, numbered when it repeats.</summary>
    public required string Id { get; init; }

    /// <summary>The stage's type.</summary>
    public required StageType Type { get; init; }

    /// <summary>An object of <see cref="StageType.OptionsType"/>.</summary>
    public required object Options { get; init; }

    /// <summary>The position of the entry.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>The filter of the packets that go through the stage; null for all. The others pass by.</summary>
    public PacketFilter? When { get; init; }

    /// <summary>The candidate that runs beside the stage; null for none.</summary>
    public ShadowEntry? Shadow { get; init; }

    /// <summary>What to do when the stage throws.</summary>
    public FaultPolicy OnFault { get; init; }
}
