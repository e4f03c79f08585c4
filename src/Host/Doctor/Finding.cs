using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor;

/// <summary>A problem that a check found.</summary>
/// <param name="Cause">What is wrong, with the value, without a full stop.</param>
/// <param name="Remedy">What to do, as an imperative, without a full stop.</param>
internal sealed record Finding(string Cause, string Remedy)
{
    /// <summary>The name of the check.</summary>
    public string Check { get; init; } = "";

    /// <summary>The place in the file; null for a problem elsewhere.</summary>
    public SourcePosition? Position { get; init; }

    /// <summary>Returns the same at a place in the file.</summary>
    public Finding At(SourcePosition? position) => this with { Position = position };
}
