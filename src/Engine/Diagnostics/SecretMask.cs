using System.Text.RegularExpressions;

namespace Culvert.Engine.Diagnostics;

/// <summary>
/// Masks what could be a key in text that quotes a file, an argument or a program of somebody else: base64 of 32 bytes, padded or not, 64
/// hexadecimal digits, and what is left of such a value when it was cut or taken for a path. A key in the wrong option, or written where a path
/// belongs, is then not shown. Thread-safe.
/// </summary>
internal static partial class SecretMask
{
    /// <summary>What is shown in place of a value that could be a key.</summary>
    public const string Shown = "(not shown: may be a key)";

    /// <summary>Returns the text with every value that could be a key replaced by <see cref="Shown"/>.</summary>
    public static string Apply(string text) => KeyLike().Replace(text, Shown);

    /// <summary>Whether a text is or contains a value that could be a key.</summary>
    public static bool Masks(string text) => KeyLike().IsMatch(text);

    /// <summary>Whether a text as a whole could be a key.</summary>
    public static bool IsKey(string text) => Key().IsMatch(text);

    /// <summary>The same where a path may stand: one of 43 letters and slashes could be a key by its letters, but what exists is a path.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where it leads as a path.</param>
    public static bool IsKeyNotPath(string text, string path) => IsKey(text) && !Path.Exists(path);

    [GeneratedRegex(@"\A(?:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?|[0-9A-Fa-f]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Key();

    // A key as a file name follows a slash, which is a letter of base64 as well; so one may precede a match. The third form is the rest of a padded
    // key, of which a path has lost a part, the fourth the start of one that was cut.
    [GeneratedRegex(
        "(?<![A-Za-z0-9+])(?:(?:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]|[0-9A-Fa-f]{64}|[A-Za-z0-9+/]{16,}=)(?![A-Za-z0-9+/=])|[A-Za-z0-9+/]{32,}…)",
        RegexOptions.CultureInvariant)]
    private static partial Regex KeyLike();
}
