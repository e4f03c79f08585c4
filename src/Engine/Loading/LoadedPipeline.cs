using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;

namespace Culvert.Engine.Loading;

/// <summary>The result of reading and planning a pipeline.yaml. Nothing has been opened.</summary>
public sealed record LoadedPipeline
{
    internal LoadedPipeline(PipelineFile? file, PipelinePlan? plan, IReadOnlyList<Diagnostic> diagnostics) =>
        (File, Plan, Diagnostics) = (file, plan, diagnostics);

    /// <summary>The plan; null when a diagnostic is an error.</summary>
    public PipelinePlan? Plan { get; }

    /// <summary>All errors and warnings, in the file's order; with only warnings the pipeline may run.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>Whether the pipeline may run.</summary>
    [MemberNotNullWhen(true, nameof(File), nameof(Plan))]
    public bool IsValid => File is not null && Plan is not null;

    /// <summary>Returns the same with further warnings.</summary>
    internal LoadedPipeline With(IEnumerable<Diagnostic> warnings) => new(File, Plan, [.. Diagnostics, .. warnings]);

    /// <summary>The file; null when a diagnostic is an error.</summary>
    internal PipelineFile? File { get; }
}
