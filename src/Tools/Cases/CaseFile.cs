using Culvert.Engine.Diagnostics;

namespace Culvert.Tools.Cases;

/// <summary>A test file that was read. Immutable.</summary>
/// <param name="Path">As the user wrote it or as it was found.</param>
/// <param name="Cases">The tests; empty when a diagnostic is an error.</param>
/// <param name="Diagnostics">What is wrong with the file or a pipeline that it names.</param>
internal sealed record CaseFile(string Path, IReadOnlyList<TestCase> Cases, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>Whether its tests can run.</summary>
    public bool IsValid => !Diagnostics.Any(diagnostic => diagnostic.IsError);
}
