using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Culvert.Options;

/// <summary>A number of bytes, written as <c>65536</c>, <c>64KiB</c>, <c>4MiB</c> or <c>1GB</c>.</summary>
/// <param name="Bytes">0 or more.</param>
public readonly record struct ByteSize(long Bytes) : IOptionValue<ByteSize>
{
    // Longest suffix first, so that "B" does not hide "KiB".
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ];

    /// <inheritdoc/>
    public static string Expected => "a size, for example 65536, 64KiB or 4MiB";

    /// <inheritdoc/>
    public static string JsonSchema =>
        """{"oneOf":[{"type":"integer","minimum":0},{"type":"string","pattern":"^[0-9]+ ?(B|kB|MB|GB|KiB|MiB|GiB)?$"}]}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, out ByteSize value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        return TryParse(node.Scalar, out value);
    }

    /// <summary>Reads the written form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ByteSize value)
    {
        value = default;
        if (text is null)
        {
            return false;
        }

        var (suffix, factor) = Units.First(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        var digits = text.AsSpan(0, text.Length - suffix.Length).TrimEnd(' ');
        if (!OptionNode.IsPlainNumber(digits) || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue / factor)
        {
            return false;
        }

        value = new ByteSize(number * factor);
        return true;
    }

    /// <summary>The shortest exact form in binary units: <c>4MiB</c>, <c>1500B</c>.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var (suffix, factor) = Units.Take(3).Reverse().FirstOrDefault(unit => bytes >= unit.Factor && bytes % unit.Factor == 0, ("B", 1));
        return string.Create(CultureInfo.InvariantCulture, $"{Bytes / factor}{suffix}");
    }
}
