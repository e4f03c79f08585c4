using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Wire;

/// <summary>
/// Parses addresses and prefixes in their strict forms only, because programs disagree about the others: <c>010.0.0.1</c> is 8.0.0.1 to
/// <c>inet_aton</c> and 10.0.0.1 to readers. Every address that Culvert reads from text passes here. Thread-safe.
/// </summary>
public static class AddressText
{
    private const int MaxAddressLength = 45; // INET6_ADDRSTRLEN without its zero.

    /// <summary>
    /// Parses an IPv4 address of four decimal parts without leading zeros (RFC 3986 §3.2.2, IPv4address), or an IPv6 address in any form of
    /// RFC 4291 §2.2, without a zone.
    /// </summary>
    public static bool TryParseAddress(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.Length is 0 or > MaxAddressLength || text.ContainsAnyExcept("0123456789abcdefABCDEF.:"))
        {
            return false;
        }

        // The dotted part of an IPv4-mapped address obeys the same rule as an IPv4 address.
        var last = text[(text.LastIndexOf(':') + 1)..];
        var isDotted = last.Contains('.');
        return (isDotted || last.Length < text.Length)
            && (!isDotted || IsStrictIpv4(last))
            && IPAddress.TryParse(text, out address);
    }

    /// <summary>Parses <c>ADDRESS/LENGTH</c>, or an address alone as a prefix of its full length. Bits behind the prefix are kept.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address as written.</param>
    /// <param name="length">0 to 32, or 0 to 128 for IPv6.</param>
    public static bool TryParsePrefix(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address, out int length)
    {
        var slash = text.IndexOf('/');
        length = 0;
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out address))
        {
            return false;
        }

        var max = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        length = max;
        return slash < 0 || TryParseNumber(text[(slash + 1)..], max, out length);
    }

    /// <summary>Returns the network of an address: its bits behind the prefix cleared.</summary>
    public static IPNetwork NetworkOf(IPAddress address, int length)
    {
        ArgumentNullException.ThrowIfNull(address);
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= (byte)(0xFF00 >> Math.Clamp(length - (i * 8), 0, 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }

    /// <summary>Returns the reading that <c>inet_aton</c> gives a text that is not strict, for messages; null when it gives none.</summary>
    public static IPAddress? ReadLoosely(ReadOnlySpan<char> text) =>
        !text.Contains(':') && text.Contains('.') && IPAddress.TryParse(text, out var address) ? address : null;

    private static bool IsStrictIpv4(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var part in text.Split('.'))
        {
            parts++;
            if (!TryParseNumber(text[part], byte.MaxValue, out _))
            {
                return false;
            }
        }

        return parts == 4;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> digits, int max, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max && (digits.Length == 1 || digits[0] != '0');
}
