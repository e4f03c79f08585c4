using System.Diagnostics.CodeAnalysis;
using Culvert.Options;

namespace Culvert.Plugins.Encrypt;

/// <summary>Whether <c>wg</c> works on the tunnel, and under which name.</summary>
/// <param name="IsOn">Whether the socket is served.</param>
/// <param name="Name">The name; null for the device name of the host endpoint.</param>
public sealed record UapiName(bool IsOn, string? Name) : IOptionValue<UapiName>
{
    private const int MaxLength = 15;

    /// <summary>Not served.</summary>
    public static readonly UapiName Off = new(false, null);

    /// <inheritdoc/>
    public static string Expected => "true, false, or a device's name of 1 to 15 letters, digits, and _ = + . -";

    /// <inheritdoc/>
    public static string JsonSchema => """{"anyOf":[{"type":"boolean"},{"type":"string","pattern":"^[A-Za-z0-9_=+.-]{1,15}$"}]}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out UapiName? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        value = node.Scalar switch
        {
            "true" => new UapiName(true, null),
            "false" => Off,
            { Length: > 0 and <= MaxLength } name when name.All(IsAllowed) && name is not ("." or "..") => new UapiName(true, name),
            _ => null,
        };
        return value is not null;
    }

    /// <summary>Returns the value as written in the file.</summary>
    public override string ToString() => Name ?? (IsOn ? "true" : "false");

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || "_=+.-".Contains(letter, StringComparison.Ordinal);
}
