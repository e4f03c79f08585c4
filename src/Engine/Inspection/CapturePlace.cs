using System.Diagnostics.CodeAnalysis;

namespace Culvert.Engine.Inspection;

/// <summary>The boundaries of a capture: both sides of a stage, or one of them.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="Above">Whether the boundary above it is captured.</param>
/// <param name="Below">Whether the boundary below it is captured.</param>
internal sealed record CapturePlace(string StageId, bool Above, bool Below)
{
    private const string AboveEnding = ":above";
    private const string BelowEnding = ":below";

    /// <summary>Reads <c>STAGE</c>, <c>STAGE:above</c> or <c>STAGE:below</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CapturePlace? place)
    {
        var above = text.EndsWith(AboveEnding, StringComparison.Ordinal);
        var below = text.EndsWith(BelowEnding, StringComparison.Ordinal);
        var id = above || below ? text[..text.LastIndexOf(':')] : text;
        place = id.Length == 0 || id.Contains(':') ? null : new CapturePlace(id, above || !below, below || !above);
        return place is not null;
    }

    /// <summary>Whether the boundary between two stages is captured.</summary>
    public bool Includes(string upper, string lower) => (Below && upper == StageId) || (Above && lower == StageId);
}
