using System.Text.RegularExpressions;

namespace Culvert.Engine.Diagnostics;

/// <summary>
/// Masks what could be a key in text that quotes a file: base64 of 32 bytes, padded or not, 64 hexadecimal digits, and a quotation that
/// was cut within such a value. A key in the wrong
/// option, or written where a path belongs, is then not shown. Thread-safe.
/// </summary>
internal static partial class SecretMask
{
    /// <summary>What is shown in place of a value that could be a key.</summary>
    public const string Shown = "(not shown: may be a key)";

    /// <summary>Returns the text with every value that could be a key replaced by <see cref="Shown"/>.</summary>
    public static string Apply(string text) => KeyLike().Replace(text, Shown);

    // A key as a file name follows a slash, which is a letter of base64 as well; so one may precede a match.
    [GeneratedRegex(
        "(?<![A-Za-z0-9+])(?:(?:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?|[0-9A-Fa-f]{64})(?![A-Za-z0-9+/=])|[A-Za-z0-9+/]{32,}…)", RegexOptions.CultureInvariant)]
    private static partial Regex KeyLike();
}
