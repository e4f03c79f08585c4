using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;

namespace Culvert.Endpoints;

/// <summary>The mark that a socket gives to its packets, for policy routing and firewalls (SO_MARK). Linux only.</summary>
/// <param name="Value">The mark; 0 for none.</param>
public sealed record FirewallMark(uint Value) : IOptionValue<FirewallMark>
{
    /// <summary>No mark.</summary>
    public static FirewallMark None { get; } = new(0u);

    /// <inheritdoc/>
    public static string Expected => "a number from 0 to 4294967295, also as 0xca6c; 0 for none";

    /// <inheritdoc/>
    public static string JsonSchema =>
        """{"oneOf":[{"type":"integer","minimum":0,"maximum":4294967295},{"type":"string","pattern":"^0x[0-9A-Fa-f]{1,8}$"}]}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out FirewallMark? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        var text = node.Scalar ?? "";
        var isHex = text.StartsWith("0x", StringComparison.Ordinal);
        value = isHex
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var mark) ? new FirewallMark(mark) : null
            : node.Number is <= uint.MaxValue and var number ? new FirewallMark((uint)number) : null;
        return value is not null;
    }

    /// <summary>The mark in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
