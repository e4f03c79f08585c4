using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Configuration;
using Culvert.Engine.Planning;
using Culvert.Options;

namespace Culvert.Engine.Loading;

/// <summary>The keys of <c>shadow</c>.</summary>
internal sealed record ShadowKeys
{
    [Option("The candidate's plugin folder.", Default = "whichever plugin has the stage", Example = "MssClamp-2.0")]
    public string? Plugin { get; init; }

    [Option("The candidate's stage.", Default = "the entry's own")]
    public string? Stage { get; init; }

    [Option("The candidate's keys.", Default = "the entry's own keys; none for another stage", Example = "{mss: 1360}")]
    public CandidateOptions? Options { get; init; }

    [Option("The share of flows whose packets the candidate gets: 0 for none, 1 for all.", Min = 0, Max = 1, Example = "0.1")]
    public double Sample { get; init; } = 1;

    [Option("The largest share of one processor's time that the candidate may use; above it, packets are skipped and counted.", Min = 0.001, Max = 1)]
    public double Budget { get; init; } = ShadowEntry.DefaultBudget;
}

/// <summary>Keys of a stage that is not known yet: read when it is.</summary>
/// <param name="Node">A mapping.</param>
internal sealed record CandidateOptions(FileNode Node) : IOptionValue<CandidateOptions>
{
    public static string Expected => "a mapping of the candidate's keys, for example {mss: 1360}";

    public static string JsonSchema => """{"type":"object"}""";

    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out CandidateOptions? value, out string? error)
    {
        error = null;
        value = node is FileNode { FileEntries: not null } mapping ? new CandidateOptions(mapping) : null;
        return value is not null;
    }
}
