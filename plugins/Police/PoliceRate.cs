using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Algorithms;
using Culvert.Options;

namespace Culvert.Plugins.Police;

/// <summary>A rate as pipeline.yaml spells it: <c>20Mbit</c> or <c>5kpps</c>.</summary>
/// <param name="Number">Bits or packets a second, 1 or more.</param>
/// <param name="IsPackets">Whether packets are counted.</param>
public sealed record PoliceRate(long Number, bool IsPackets) : IOptionValue<PoliceRate>
{
    private const int BitsPerByte = 8;

    // The longer suffix first.
    private static readonly (string Suffix, long Factor, bool IsPackets)[] Units =
    [
        ("kbit", 1_000, false), ("Mbit", 1_000_000, false), ("Gbit", 1_000_000_000, false), ("bit", 1, false),
        ("kpps", 1_000, true), ("Mpps", 1_000_000, true), ("pps", 1, true),
    ];

    /// <inheritdoc/>
    public static string Expected => "a rate such as 20Mbit, 800kbit or 5kpps";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^[1-9][0-9]*(bit|kbit|Mbit|Gbit|pps|kpps|Mpps)$"}""";

    /// <summary>Tokens a second: bytes, or packets.</summary>
    public long Tokens => IsPackets ? Number : Math.Max(1, Number / BitsPerByte);

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out PoliceRate? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        (value, error) = (null, null);
        var text = node.Scalar;
        var unit = Units.FirstOrDefault(unit => text?.EndsWith(unit.Suffix, StringComparison.Ordinal) == true);
        if (text is null || unit.Suffix is null
            || !long.TryParse(text.AsSpan(0, text.Length - unit.Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        if (number == 0 || number > TokenBucket.MaxRate / unit.Factor)
        {
            error = number == 0 ? "a rate of 0 lets nothing pass; write a filter rule instead" : "the rate is above 100 Gbit or 100000 Mpps";
            return false;
        }

        value = new PoliceRate(number * unit.Factor, unit.IsPackets);
        return true;
    }

    /// <summary>As pipeline.yaml spells it.</summary>
    public override string ToString()
    {
        var (suffix, factor, _) = Units.Where(unit => unit.IsPackets == IsPackets && Number % unit.Factor == 0).MaxBy(unit => unit.Factor);
        return string.Create(CultureInfo.InvariantCulture, $"{Number / factor}{suffix}");
    }
}
