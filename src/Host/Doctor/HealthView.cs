using System.Text.Json.Nodes;
using Culvert.Tools.Views;

namespace Culvert.Host.Doctor;

/// <summary>Reads a view with the problems that <c>culvert status --check</c> finds.</summary>
internal static class HealthView
{
    /// <summary>Reads a status.</summary>
    /// <param name="status">As the control socket answers it.</param>
    /// <param name="before">An earlier view of the same pipeline, for rates; null for none.</param>
    public static PipelineView Read(JsonObject status, PipelineView? before) => PipelineView.Read(status, before) with
    {
        Problems = [.. Checks.Run(Checks.OfHealth, new Site { Status = status }).Select(problem => new ProblemView(problem.Cause, problem.Remedy))],
    };
}
