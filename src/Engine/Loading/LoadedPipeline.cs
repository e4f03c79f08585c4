using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;

namespace Culvert.Engine.Loading;

/// <summary>What came of reading and planning a pipeline.yaml. Nothing has been opened.</summary>
/// <param name="File">The file; null when a diagnostic is an error.</param>
/// <param name="Plan">The plan; null when a diagnostic is an error.</param>
/// <param name="Diagnostics">All that was found, in the file's order; with only warnings the pipeline may run.</param>
public sealed record LoadedPipeline(PipelineFile? File, PipelinePlan? Plan, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>True when the pipeline may run.</summary>
    [MemberNotNullWhen(true, nameof(File), nameof(Plan))]
    public bool IsValid => File is not null && Plan is not null;
}
