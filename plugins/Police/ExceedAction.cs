using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;

namespace Culvert.Plugins.Police;

/// <summary>What to do with packets above the rate: <c>drop</c> or <c>{mark: DSCP}</c>.</summary>
/// <param name="Mark">The DSCP to write, 0 to 63; null to drop.</param>
public sealed record ExceedAction(int? Mark) : IOptionValue<ExceedAction>
{
    private const string DropWord = "drop";
    private const string MarkKey = "mark";
    private const int MaxDscp = 63;

    /// <summary>Packets above the rate are dropped.</summary>
    public static ExceedAction Drop { get; } = new((int?)null);

    /// <inheritdoc/>
    public static string Expected => "drop or {mark: DSCP}, where DSCP is 0 to 63";

    /// <inheritdoc/>
    public static string JsonSchema =>
        """
        {"oneOf":[{"const":"drop"},{"type":"object","additionalProperties":false,"required":["mark"],
          "properties":{"mark":{"type":"integer","minimum":0,"maximum":63}}}]}
        """;

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out ExceedAction? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        (value, error) = (null, null);
        if (node.Scalar == DropWord)
        {
            value = Drop;
        }
        else if (node.Entries is [{ Key: MarkKey, Value.Scalar: { } text }]
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var dscp) && dscp <= MaxDscp)
        {
            value = new ExceedAction(dscp);
        }

        return value is not null;
    }

    /// <summary>As pipeline.yaml spells it.</summary>
    public override string ToString() =>
        Mark is { } dscp ? string.Create(CultureInfo.InvariantCulture, $"{{{MarkKey}: {dscp}}}") : DropWord;
}
