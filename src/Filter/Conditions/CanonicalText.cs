namespace Culvert.Filtering.Conditions;

/// <summary>Writes a condition with one spelling for each meaning: full qualifiers, and parentheses wherever connectives mix.</summary>
internal static class CanonicalText
{
    public static string Of(Node node) => node switch
    {
        { Text: { } text } => text,
        All all => string.Join(" and ", all.Parts.Select(Operand)),
        Any any => string.Join(" or ", any.Parts.Select(Operand)),
        Not not => "not " + Operand(not.Inner),
        _ => throw new InvalidOperationException($"a {node.GetType().Name} without a text"),
    };

    private static string Operand(Node node) => node is (All or Any) and { Text: null } ? $"({Of(node)})" : Of(node);
}
