using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;

namespace Culvert.Engine.Configuration;

/// <summary>The number of queue pairs that work in parallel: <c>lanes: 2</c> or <c>lanes: auto</c>.</summary>
/// <param name="Number">1 to 64; null for auto.</param>
internal sealed record LaneCount(int? Number) : IOptionValue<LaneCount>
{
    private const int Most = 64;

    /// <inheritdoc/>
    public static string Expected => $"auto, or a number from 1 to {Most}";

    /// <inheritdoc/>
    public static string JsonSchema => $$"""{"oneOf":[{"const":"auto"},{"type":"integer","minimum":1,"maximum":{{Most}}}]}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out LaneCount? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        if (node.Scalar == "auto")
        {
            value = new LaneCount((int?)null);
            return true;
        }

        value = node.Number is >= 1 and <= Most and var number ? new LaneCount((int)number) : null;
        return value is not null;
    }

    /// <summary>The number for this machine: auto is a lane for every processor, up to 8, and one lane where the ends allow only one.</summary>
    public int Resolve() => Number ?? (OperatingSystem.IsLinux() ? Math.Clamp(Environment.ProcessorCount, 1, 8) : 1);

    /// <summary>As written in the file.</summary>
    public override string ToString() => Number?.ToString(CultureInfo.InvariantCulture) ?? "auto";
}
