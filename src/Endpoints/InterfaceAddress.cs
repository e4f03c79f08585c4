using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Options;
using Culvert.Wire;

namespace Culvert.Endpoints;

/// <summary>
/// An address of an interface with the length of its network's prefix: <c>10.99.0.1/24</c>. Unlike a network it keeps its host bits.
/// </summary>
/// <param name="Address">IPv4 or IPv6, without a scope.</param>
/// <param name="PrefixLength">0 to 32, or 0 to 128.</param>
public sealed record InterfaceAddress(IPAddress Address, int PrefixLength) : IOptionValue<InterfaceAddress>
{
    /// <inheritdoc/>
    public static string Expected => "an address with its prefix length, for example 10.99.0.1/24 or \"fd99::1/64\"";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^[0-9A-Fa-f:.]+/[0-9]{1,3}$"}""";

    /// <summary>True for an IPv6 address.</summary>
    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The network that the address lies in: 10.99.0.0/24.</summary>
    public IPNetwork Network => AddressText.NetworkOf(Address, PrefixLength);

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out InterfaceAddress? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        if (TryParse(node.Scalar, out value))
        {
            return true;
        }

        var text = node.Scalar.AsSpan();
        var slash = text.IndexOf('/');
        if (AddressText.TryParseAddress(text, out var bare))
        {
            error = $"missing prefix length; write {bare}/{(bare.AddressFamily == AddressFamily.InterNetworkV6 ? 64 : 24)} if that is its network";
        }
        else if (AddressText.ReadLoosely(slash < 0 ? text : text[..slash]) is { } loose)
        {
            error = $"some programs read this as {loose}; write four decimal parts without leading zeros";
        }

        return false;
    }

    /// <summary>Reads <c>ADDRESS/LENGTH</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out InterfaceAddress? value)
    {
        value = null;
        if (text?.Contains('/', StringComparison.Ordinal) != true || !AddressText.TryParsePrefix(text, out var address, out var length))
        {
            return false;
        }

        value = new InterfaceAddress(address, length);
        return true;
    }

    /// <summary><c>10.99.0.1/24</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");
}
