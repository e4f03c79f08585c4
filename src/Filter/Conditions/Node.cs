namespace Culvert.Filtering.Conditions;

/// <summary>A parsed condition. Immutable.</summary>
internal abstract record Node
{
    /// <summary>The canonical text of a condition that the language has a word for; null for a combination of conditions.</summary>
    public string? Text { get; init; }

    /// <summary>The nesting, 1 for a comparison: bounds the recursion over the tree.</summary>
    public abstract int Depth { get; }
}

/// <summary>A conjunction; true when empty.</summary>
internal sealed record All(params IReadOnlyList<Node> Parts) : Node
{
    public override int Depth { get; } = 1 + Parts.Select(part => part.Depth).DefaultIfEmpty().Max();
}

/// <summary>A disjunction; false when empty.</summary>
internal sealed record Any(params IReadOnlyList<Node> Parts) : Node
{
    public override int Depth { get; } = 1 + Parts.Select(part => part.Depth).DefaultIfEmpty().Max();
}

/// <summary>A negation.</summary>
internal sealed record Not(Node Inner) : Node
{
    public override int Depth => Inner.Depth + 1;

    /// <summary>The opposite of a condition; without a double negation.</summary>
    public static Node Of(Node inner) => inner is Not { Text: null } not ? not.Inner : new Not(inner);
}

/// <summary>Whether the masked field is in a range: <c>(field &amp; mask) - low ≤ span</c>, unsigned.</summary>
internal sealed record Compare(Field Field, uint Mask, uint Low, uint Span = 0) : Node
{
    public override int Depth => 1;

    /// <summary>Whether all the given bits are set.</summary>
    public static Compare Bits(Field field, uint bits) => new(field, bits, bits);
}
