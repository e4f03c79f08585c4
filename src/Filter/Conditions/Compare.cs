namespace Culvert.Filtering.Conditions;

/// <summary>Whether the masked field is in a range: <c>(field &amp; mask) - low ≤ span</c>, unsigned.</summary>
internal sealed record Compare(Field Field, uint Mask, uint Low, uint Span = 0) : Node
{
    public override int Depth => 1;

    /// <summary>Whether all the given bits are set.</summary>
    public static Compare Bits(Field field, uint bits) => new(field, bits, bits);
}
