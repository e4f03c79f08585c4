using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;
using Culvert.Wire;

namespace Culvert.Plugins.Police;

/// <summary>Which packets share a rate: all, or those with one prefix of source or destination.</summary>
/// <param name="IsSource">Whether the source counts, else the destination; null for all packets.</param>
/// <param name="Length">The prefix length in bits, 0 to 128.</param>
public sealed record PoliceScope(bool? IsSource, int Length) : IOptionValue<PoliceScope>
{
    private const string SourceWord = "source/";
    private const string DestinationWord = "destination/";
    private const int Ipv4Bits = 32;
    private const int Ipv6Bits = 128;

    /// <summary>All packets share one rate.</summary>
    public static PoliceScope All { get; } = new(null, 0);

    /// <inheritdoc/>
    public static string Expected => "all, source/N or destination/N";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^(all|(source|destination)/[0-9]{1,3})$"}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out PoliceScope? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        (value, error) = (null, null);
        if (node.Scalar == "all")
        {
            value = All;
            return true;
        }

        var isSource = node.Scalar?.StartsWith(SourceWord, StringComparison.Ordinal) == true;
        if (node.Scalar is not { } text || (!isSource && !text.StartsWith(DestinationWord, StringComparison.Ordinal))
            || !int.TryParse(text.AsSpan(text.IndexOf('/', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return false;
        }

        value = length <= Ipv6Bits ? new PoliceScope(isSource, length) : null;
        error = value is null ? "a prefix length is at most 128" : null;
        return value is not null;
    }

    /// <summary>The prefix whose rate a packet shares; for IPv4 the whole address where the length is above 32.</summary>
    public IpAddressValue KeyOf(in IpView ip)
    {
        var address = IsSource == true ? ip.SourceAddress : ip.DestinationAddress;
        return Length >= (ip.IsIpv4 ? Ipv4Bits : Ipv6Bits) ? address : address.Network(Length);
    }

    /// <summary>As pipeline.yaml spells it.</summary>
    public override string ToString() => IsSource is not { } isSource
        ? "all"
        : string.Create(CultureInfo.InvariantCulture, $"{(isSource ? SourceWord : DestinationWord)}{Length}");
}
