using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Planning;

/// <summary>A plan, or why there is none.</summary>
/// <param name="Plan">Null when a diagnostic is an error.</param>
/// <param name="Diagnostics">All that was found.</param>
internal sealed record PlanningResult(PipelinePlan? Plan, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>Whether there is a plan; there may be warnings beside it.</summary>
    [MemberNotNullWhen(true, nameof(Plan))]
    public bool IsValid => Plan is not null;
}
