using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Algorithms;
using Culvert.Options;

namespace Culvert.Plugins.Police;

/// <summary>What may pass at once: a time at the rate, a size, or the default.</summary>
/// <param name="Milliseconds">The time; null for a size or the default.</param>
/// <param name="Bytes">The size; null for a time or the default.</param>
public sealed record PoliceBurst(int? Milliseconds, long? Bytes) : IOptionValue<PoliceBurst>
{
    private const int DefaultMilliseconds = 100;
    private const int MillisecondsPerSecond = 1000;

    // Three super-packets of 64 KiB: one that passes, one on its way, and the slow start's doubling. In packets, at 1420 bytes each.
    private const long MinBytes = 3 * 65_536;
    private const long MinPackets = 140;

    // (suffix, milliseconds) and (suffix, bytes); the longer suffix first.
    private static readonly (string Suffix, int Factor)[] Times = [("ms", 1), ("s", MillisecondsPerSecond)];

    /// <summary>100 ms, and at least three super-packets.</summary>
    public static PoliceBurst Auto { get; } = new(null, null);

    /// <inheritdoc/>
    public static string Expected => "a time such as 50ms or a size such as 128KiB";

    /// <inheritdoc/>
    public static string JsonSchema =>
        """{"oneOf":[{"type":"integer","minimum":1},{"type":"string","pattern":"^[0-9]+ ?(ms|s|B|kB|MB|GB|KiB|MiB|GiB)?$"}]}""";

    /// <summary>The burst in tokens at a rate: bytes, or packets.</summary>
    public long Tokens(PoliceRate rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        var tokens = Bytes ?? (long)((Int128)rate.Tokens * (Milliseconds ?? DefaultMilliseconds) / MillisecondsPerSecond);
        var min = this == Auto ? (rate.IsPackets ? MinPackets : MinBytes) : 1;
        return Math.Clamp(tokens, min, TokenBucket.MaxRate);
    }

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out PoliceBurst? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        (value, error) = (null, null);
        var text = node.Scalar;
        foreach (var (suffix, factor) in Times)
        {
            if (text?.EndsWith(suffix, StringComparison.Ordinal) == true
                && int.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number is > 0 and <= 60 * MillisecondsPerSecond && number * (long)factor <= 60 * MillisecondsPerSecond)
            {
                value = new PoliceBurst(number * factor, null);
                return true;
            }
        }

        if (ByteSize.TryParse(text, out var size) && size.Bytes > 0)
        {
            value = new PoliceBurst(null, size.Bytes);
        }

        return value is not null;
    }

    /// <summary>As pipeline.yaml spells it.</summary>
    public override string ToString() => Milliseconds is { } time
        ? string.Create(CultureInfo.InvariantCulture, $"{time}ms")
        : Bytes is { } bytes ? new ByteSize(bytes).ToString() : "auto";
}
