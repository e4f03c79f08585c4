
namespace Culvert.Wire.Text;

/// <summary>One field that differs between two states of a packet.</summary>
/// <param name="Field">Which part of the packet it belongs to.</param>
/// <param name="Name">Its display name: <c>MSS</c>, <c>TCP checksum</c>.</param>
/// <param name="From">Its value before, as text; <c>none</c> where the packet had no such field.</param>
/// <param name="To">Its value after.</param>
internal sealed record FieldChange(HeaderFields Field, string Name, string From, string To)
{
    /// <summary><c>MSS 8961 → 1405</c>.</summary>
    public override string ToString() => $"{Name} {From} → {To}";
}
