using System.Text.RegularExpressions;

namespace Culvert.Host.WgQuick;

/// <summary>Scalars as YAML: plain where that is safe, else in double quotes.</summary>
internal static partial class YamlText
{
    /// <summary>One scalar.</summary>
    public static string Scalar(string value) =>
        Plain().IsMatch(value) ? value : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A list on one line.</summary>
    public static string List(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Scalar))}]";

    // Letters, digits and what keys, paths and prefixes have; a colon only between digits of an IPv4 endpoint.
    [GeneratedRegex(@"^[A-Za-z0-9/][A-Za-z0-9_./+=-]*(:[0-9]+)?$")]
    private static partial Regex Plain();
}
