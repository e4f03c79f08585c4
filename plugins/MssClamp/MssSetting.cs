using System.Diagnostics.CodeAnalysis;
using Culvert.Options;

namespace Culvert.Plugins.MssClamp;

/// <summary>
/// The value of <c>mss</c>: <c>auto</c>, a number for both families, or <c>{ipv4: …, ipv6: …}</c> with a value for each, where a family
/// that is not written is <c>auto</c>.
/// </summary>
/// <param name="Ipv4">For SYNs over IPv4.</param>
/// <param name="Ipv6">For SYNs over IPv6.</param>
public sealed record MssSetting(MssValue Ipv4, MssValue Ipv6) : IOptionValue<MssSetting>
{
    private const string Ipv4Key = "ipv4";
    private const string Ipv6Key = "ipv6";

    /// <summary>Both families from the MTU plan.</summary>
    public static MssSetting Auto { get; } = new(MssValue.Auto, MssValue.Auto);

    /// <inheritdoc/>
    public static string Expected => "auto, a number, or {ipv4: 1360, ipv6: 1340} where each may also be auto or none";

    /// <inheritdoc/>
    public static string JsonSchema =>
        """
        {"oneOf":[
          {"const":"auto"},
          {"type":"integer","minimum":1220,"maximum":65535},
          {"type":"object","additionalProperties":false,"minProperties":1,"properties":{
            "ipv4":{"oneOf":[{"enum":["auto","none"]},{"type":"integer","minimum":536,"maximum":65535}]},
            "ipv6":{"oneOf":[{"enum":["auto","none"]},{"type":"integer","minimum":1220,"maximum":65535}]}}}]}
        """;

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out MssSetting? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = null;
        error = null;
        if (node.Entries is { } entries)
        {
            return TryReadFamilies(entries, out value, out error);
        }

        if (MssValue.TryParse(node.Scalar, out var both) && both != MssValue.None)
        {
            value = new MssSetting(both, both);
        }

        return value is not null;
    }

    /// <summary>As it is written in pipeline.yaml.</summary>
    public override string ToString() => Ipv4 == Ipv6 ? Ipv4.ToString() : $"{{{Ipv4Key}: {Ipv4}, {Ipv6Key}: {Ipv6}}}";

    private static bool TryReadFamilies(
        IReadOnlyList<KeyValuePair<string, OptionNode>> entries, out MssSetting? value, out string? error)
    {
        value = null;
        MssValue? ipv4 = null;
        MssValue? ipv6 = null;
        foreach (var (key, node) in entries)
        {
            if (key is not (Ipv4Key or Ipv6Key))
            {
                error = $"unknown key '{key}', expected {Ipv4Key} or {Ipv6Key}";
                return false;
            }

            if ((key == Ipv4Key ? ipv4 : ipv6) is not null)
            {
                error = $"'{key}' is there twice";
                return false;
            }

            if (!MssValue.TryParse(node.Scalar, out var parsed))
            {
                error = $"{key} must be auto, none or a number, found {node.Describe()}";
                return false;
            }

            ipv4 = key == Ipv4Key ? parsed : ipv4;
            ipv6 = key == Ipv6Key ? parsed : ipv6;
        }

        error = entries.Count == 0 ? $"an empty mapping, expected {Ipv4Key} or {Ipv6Key}" : null;
        value = error is null ? new MssSetting(ipv4 ?? MssValue.Auto, ipv6 ?? MssValue.Auto) : null;
        return value is not null;
    }
}
