using System.Globalization;

namespace Culvert.Filtering;

/// <summary>Why an expression is invalid.</summary>
/// <param name="Position">The index of the offending character in the expression; its length at the end.</param>
/// <param name="Found">The offending text, without control characters and cut to a readable length; empty at the end.</param>
/// <param name="Message">What is wrong, in a few words.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record FilterError(int Position, string Found, string Message, string Remedy)
{
    /// <summary>Place, problem and remedy: <c>'prot' at character 5: unknown word; did you mean 'port'?</c></summary>
    public override string ToString() => Found.Length == 0
        ? $"{Message} at the end; {Remedy}"
        : string.Create(CultureInfo.InvariantCulture, $"'{Found}' at character {Position + 1}: {Message}; {Remedy}");
}
