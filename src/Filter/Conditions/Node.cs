namespace Culvert.Filtering.Conditions;

/// <summary>A parsed condition. Immutable.</summary>
internal abstract record Node
{
    /// <summary>The canonical text of a condition that the language has a word for; null for a combination of conditions.</summary>
    public string? Text { get; init; }

    /// <summary>The nesting, 1 for a comparison: bounds the recursion over the tree.</summary>
    public abstract int Depth { get; }
}
