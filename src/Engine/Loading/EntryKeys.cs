using Culvert.Engine.Planning;
using Culvert.Filtering;
using Culvert.Options;

namespace Culvert.Engine.Loading;

/// <summary>The keys that every entry of <c>stages</c> may carry beside its stage's own.</summary>
internal sealed record EntryKeys
{
    [Option("The stage's name; 'culvert stages' lists them.", Example = "mss-clamp")]
    public required string Stage { get; init; }

    [Option("The entry's name in messages and counters, unique in the file.", Default = "the stage's name, numbered when it repeats")]
    public string? Id { get; init; }

    [Option("false leaves the entry out, as if it were not there.")]
    public bool Enabled { get; init; } = true;

    [Option("What to do when the stage throws: drop its batch and continue, bypass the stage from then on, or stop the pipeline.")]
    public FaultPolicy OnFault { get; init; }

    [Option(
        "Only packets that match the filter expression go through the stage; the others pass by it. For stages that take and forward IP packets.",
        Example = "tcp dst port 443")]
    public PacketFilter? When { get; init; }

    [Option(
        "A candidate that gets copies of the stage's packets and never affects them: differences are counted, and shown by 'culvert status'.",
        Default = "none", Example = "{plugin: MssClamp-2.0, sample: 0.1}")]
    public ShadowKeys? Shadow { get; init; }

    [Option("The plugin folder's name, where two plugins offer the same stage.", Example = "MssClamp")]
    public string? Plugin { get; init; }
}
