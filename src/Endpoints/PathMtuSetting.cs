using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;

namespace Culvert.Endpoints;

/// <summary>The value of <c>path-mtu</c>: <c>auto</c>, or a number of bytes, which is an upper bound.</summary>
/// <param name="Bytes">576 to 65535; null for <c>auto</c>.</param>
public sealed record PathMtuSetting(int? Bytes) : IOptionValue<PathMtuSetting>
{
    /// <summary>The smallest value: what every IPv4 host takes (RFC 791).</summary>
    public const int Min = 576;

    /// <summary>The largest value: the largest IP packet.</summary>
    public const int Max = 65_535;

    /// <summary>The upper bound of <c>auto</c>: Ethernet's.</summary>
    private const int Ethernet = 1500;

    /// <summary>What the path carries, up to 1500 bytes.</summary>
    public static PathMtuSetting Auto { get; } = new((int?)null);

    /// <inheritdoc/>
    public static string Expected => "auto, or a number of bytes from 576 to 65535";

    /// <inheritdoc/>
    public static string JsonSchema => """{"oneOf":[{"const":"auto"},{"type":"integer","minimum":576,"maximum":65535}]}""";

    /// <summary>The largest IP packet in bytes that is sent.</summary>
    public int UpperBound => Bytes ?? Ethernet;

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out PathMtuSetting? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        value = node.Scalar switch
        {
            "auto" => Auto,
            _ => node.Number is >= Min and <= Max and var bytes ? new PathMtuSetting((int)bytes) : null,
        };
        return value is not null;
    }

    /// <summary><c>auto</c> or the number.</summary>
    public override string ToString() => Bytes?.ToString(CultureInfo.InvariantCulture) ?? "auto";
}
