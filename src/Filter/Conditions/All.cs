namespace Culvert.Filtering.Conditions;

/// <summary>A conjunction; true when empty.</summary>
internal sealed record All(params IReadOnlyList<Node> Parts) : Node
{
    public override int Depth { get; } = 1 + Parts.Select(part => part.Depth).DefaultIfEmpty().Max();
}
