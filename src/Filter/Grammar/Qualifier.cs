namespace Culvert.Filtering.Grammar;

/// <summary>
/// The words before a value, such as <c>tcp dst port</c>. A value that follows <c>and</c> or <c>or</c> without words of its own
/// inherits them.
/// </summary>
/// <param name="Protocol">The protocol's word, or empty.</param>
/// <param name="Ends">The address or port that is compared.</param>
/// <param name="Kind">What the value is.</param>
internal sealed record Qualifier(string Protocol, Ends Ends, ValueKind Kind)
{
    /// <summary>The canonical words, with a space behind each.</summary>
    public string Prefix => string.Concat(
        Protocol.Length == 0 || Kind.IsAddress ? "" : Protocol + " ",
        Ends switch { Ends.Source => "src ", Ends.Destination => "dst ", Ends.Both => "src and dst ", _ => "" },
        Kind.Word + " ");
}
