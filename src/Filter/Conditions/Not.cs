namespace Culvert.Filtering.Conditions;

/// <summary>A negation.</summary>
internal sealed record Not(Node Inner) : Node
{
    public override int Depth => Inner.Depth + 1;

    /// <summary>The opposite of a condition; without a double negation.</summary>
    public static Node Of(Node inner) => inner is Not { Text: null } not ? not.Inner : new Not(inner);
}
