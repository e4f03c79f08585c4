using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>The DSCP of datagrams: <c>none</c> (0), <c>copy</c> (the packet's own), or a value.</summary>
/// <param name="Value">0 to 63; null for <c>copy</c>.</param>
public sealed record DscpSetting(int? Value) : IOptionValue<DscpSetting>
{
    private const int Max = 63;

    /// <summary>All datagrams alike, with DSCP 0.</summary>
    public static DscpSetting None { get; } = new(0);

    /// <inheritdoc/>
    public static string Expected => "none, copy, or a number from 0 to 63";

    /// <inheritdoc/>
    public static string JsonSchema => """{"oneOf":[{"enum":["none","copy"]},{"type":"integer","minimum":0,"maximum":63}]}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out DscpSetting? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        value = node.Scalar switch
        {
            "none" => None,
            "copy" => new DscpSetting((int?)null),
            _ => node.Number is <= Max and var number ? new DscpSetting((int)number) : null,
        };
        return value is not null;
    }

    /// <summary>As in the file.</summary>
    public override string ToString() => Value switch { null => "copy", 0 => "none", { } value => value.ToString(CultureInfo.InvariantCulture) };
}
