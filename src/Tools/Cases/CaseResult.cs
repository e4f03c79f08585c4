using Culvert.Engine.Diagnostics;
using Culvert.Tools.Replay;

namespace Culvert.Tools.Cases;

/// <summary>The result of a test.</summary>
/// <param name="Case">The test.</param>
/// <param name="Failures">What differs from what it expects; empty when it passed.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record CaseResult(TestCase Case, IReadOnlyList<CaseFailure> Failures, TimeSpan Duration)
{
    /// <summary>Whether all is as expected.</summary>
    public bool Passed => Failures.Count == 0;

    /// <summary>The stages in the order in which a packet meets them, for printing a failure's packet.</summary>
    public required IReadOnlyList<string> StageIds { get; init; }
}

/// <summary>A difference.</summary>
/// <param name="Position">Where the expectation is written.</param>
/// <param name="Message">What was expected and what was found.</param>
internal sealed record CaseFailure(SourcePosition Position, string Message)
{
    /// <summary>The packet's way; null where there is none.</summary>
    public PacketStory? Story { get; init; }

    /// <summary>The packet as it came in, in a test of two sites; null otherwise.</summary>
    public byte[]? Before { get; init; }

    /// <summary>The packet as it left, in a test of two sites; null otherwise.</summary>
    public byte[]? After { get; init; }
}
