using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;

namespace Culvert.Endpoints;

/// <summary>The device's MTU: a number of bytes, or what the plan gives.</summary>
/// <param name="Bytes">68 to 65535; null for auto.</param>
public sealed record MtuSetting(int? Bytes) : IOptionValue<MtuSetting>
{
    /// <summary>The minimum of IPv4 in bytes (RFC 791); IPv6 needs 1280.</summary>
    public const int Min = 68;

    /// <summary>The largest IP packet.</summary>
    public const int Max = 65535;

    /// <summary>The MTU of the plan.</summary>
    public static MtuSetting Auto { get; } = new((int?)null);

    /// <inheritdoc/>
    public static string Expected => "auto, or a number of bytes from 68 to 65535";

    /// <inheritdoc/>
    public static string JsonSchema => """{"oneOf":[{"const":"auto"},{"type":"integer","minimum":68,"maximum":65535}]}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out MtuSetting? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        value = node.Scalar switch
        {
            "auto" => Auto,
            _ => node.Number is >= Min and <= Max and var bytes ? new MtuSetting((int)bytes) : null,
        };
        return value is not null;
    }

    /// <summary><c>auto</c> or the number.</summary>
    public override string ToString() => Bytes?.ToString(CultureInfo.InvariantCulture) ?? "auto";
}
