namespace Culvert.Filtering.Conditions;

/// <summary>A disjunction; false when empty.</summary>
internal sealed record Any(params IReadOnlyList<Node> Parts) : Node
{
    public override int Depth { get; } = 1 + Parts.Select(part => part.Depth).DefaultIfEmpty().Max();
}
