using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Host.WgQuick;

/// <summary>Scalars as YAML: plain where that is safe, else in double quotes with everything escaped that could end a line or the quotes.</summary>
internal static partial class YamlText
{
    /// <summary>One scalar.</summary>
    public static string Scalar(string value) => Plain().IsMatch(value) && !Reserved().IsMatch(value) ? value : Quoted(value);

    /// <summary>A list on one line.</summary>
    public static string List(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Scalar))}]";

    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in value)
        {
            // Some line breaks of YAML are none elsewhere: U+0085, U+2028, U+2029 (YAML 1.2 section 5.4).
            var isSafe = !char.IsControl(letter) && char.GetUnicodeCategory(letter)
                is not (UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format or UnicodeCategory.Surrogate);
            text.Append(letter is '"' or '\\' ? $"\\{letter}" : isSafe ? letter : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}"));
        }

        return text.Append('"').ToString();
    }

    // Letters, digits and what keys, paths and prefixes have; a colon only between digits of an IPv4 endpoint.
    [GeneratedRegex(@"^[A-Za-z0-9/][A-Za-z0-9_./+=-]*(:[0-9]+)?\z")]
    private static partial Regex Plain();

    [GeneratedRegex("^(null|true|false|yes|no|on|off|y|n)$", RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
