using System.Globalization;

namespace Culvert.Options;

/// <summary>
/// A value of pipeline.yaml as the host read it, without the YAML parser behind it: a scalar's text, a list, or a mapping. For option
/// types that read themselves (<see cref="IOptionValue{T}"/>).
/// </summary>
public abstract class OptionNode
{
    /// <summary>The text of a scalar; null for a list or a mapping.</summary>
    public abstract string? Scalar { get; }

    /// <summary>
    /// The scalar as a whole number from 0 on: digits, with single underscores between them where one likes (<c>1_000_000</c>). Null for anything
    /// else, a leading zero among it, which YAML 1.1 reads as octal.
    /// </summary>
    public long? Number => Scalar is { } text && IsPlainNumber(text)
        && long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The items of a list; null for anything else.</summary>
    public abstract IReadOnlyList<OptionNode>? Items { get; }

    /// <summary>The entries of a mapping in the file's order; null for anything else.</summary>
    public abstract IReadOnlyList<KeyValuePair<string, OptionNode>>? Entries { get; }

    /// <summary>The folder that relative paths count from: the one that holds the file.</summary>
    public abstract string BaseDirectory { get; }

    /// <summary>The node in words, for messages: <c>"a list"</c>, <c>"a mapping"</c>, <c>"'text'"</c>.</summary>
    public abstract string Describe();

    /// <summary>Whether a number has no ornament but single underscores: no leading zero, no doubled or outer underscore, no sign.</summary>
    internal static bool IsPlainNumber(ReadOnlySpan<char> digits) =>
        !digits.IsEmpty && char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[^1]) && digits.IndexOf("__") < 0
        && (digits.Length == 1 || digits[0] != '0' || digits[1] == '.');
}
