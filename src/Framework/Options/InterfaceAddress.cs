using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Options;

/// <summary>
/// An address of an interface with the length of its network's prefix: <c>10.99.0.1/24</c>. Unlike a network it keeps its host bits.
/// </summary>
/// <param name="Address">IPv4 or IPv6, without a scope.</param>
/// <param name="PrefixLength">0 to 32, or 0 to 128.</param>
public sealed record InterfaceAddress(IPAddress Address, int PrefixLength) : IOptionValue<InterfaceAddress>
{
    /// <inheritdoc/>
    public static string Expected => "an address with its prefix length, such as 10.99.0.1/24 or \"fd99::1/64\"";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^[0-9A-Fa-f:.]+/[0-9]{1,3}$"}""";

    /// <summary>True for an IPv6 address.</summary>
    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The network that the address lies in: 10.99.0.0/24.</summary>
    public IPNetwork Network
    {
        get
        {
            var bytes = Address.GetAddressBytes();
            for (var i = 0; i < bytes.Length; i++)
            {
                var kept = Math.Clamp(PrefixLength - (i * 8), 0, 8);
                bytes[i] &= (byte)(0xFF << (8 - kept));
            }

            return new IPNetwork(new IPAddress(bytes), PrefixLength);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out InterfaceAddress? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        if (TryParse(node.Scalar, out value))
        {
            return true;
        }

        if (IPAddress.TryParse(node.Scalar, out var bare) && node.Scalar.AsSpan().ContainsAny('.', ':'))
        {
            error = $"the prefix length is missing; write {bare}/{(bare.AddressFamily == AddressFamily.InterNetworkV6 ? 64 : 24)} if that is its network";
        }

        return false;
    }

    /// <summary>Reads <c>ADDRESS/LENGTH</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out InterfaceAddress? value)
    {
        value = null;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash <= 0
            || !text.AsSpan(0, slash).ContainsAny('.', ':')
            || text.AsSpan(0, slash).Contains('%')
            || !IPAddress.TryParse(text.AsSpan(0, slash), out var address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return false;
        }

        var longest = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        value = length <= longest ? new InterfaceAddress(address, length) : null;
        return value is not null;
    }

    /// <summary><c>10.99.0.1/24</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");
}
