using Culvert.Engine.Diagnostics;
using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>A stage's shape with the words that diagnostics need: what the order check and the MTU check work on.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="Shape">Its shape under its options.</param>
/// <param name="Position">The position of the entry.</param>
internal sealed record PlacedShape(string Id, StageShape Shape, SourcePosition Position)
{
    /// <summary>The shape of the candidate beside it; null for none.</summary>
    public StageShape? Candidate { get; init; }
}
