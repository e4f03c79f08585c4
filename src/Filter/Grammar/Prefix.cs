using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Filtering.Grammar;

/// <summary>
/// Addresses and prefixes in their strict forms only, because tools disagree about the others: an IPv4 address is four decimal numbers
/// without leading zeros, an IPv6 address is one of RFC 4291 §2.2 without a zone.
/// </summary>
internal static class Prefix
{
    /// <summary>Parses an address; null when the text is none.</summary>
    public static IPAddress? ParseAddress(string text)
    {
        if (text.Any(character => !char.IsAsciiHexDigit(character) && character is not ('.' or ':')) || !IPAddress.TryParse(text, out var address))
        {
            return null;
        }

        // What is printed back differently was written with leading zeros, fewer parts, or another base.
        var lastPart = text[(text.LastIndexOf(':') + 1)..];
        var isStrict = !lastPart.Contains('.', StringComparison.Ordinal) && address.AddressFamily == AddressFamily.InterNetworkV6
            || IPAddress.TryParse(lastPart, out var v4) && v4.ToString() == lastPart;
        return isStrict ? address : null;
    }

    /// <summary>Parses <c>ADDRESS/LENGTH</c>; null with a remedy when the text is no prefix.</summary>
    public static (IPAddress Address, int Length)? Parse(string text, out string remedy)
    {
        const string Example = "write a prefix such as 10.0.0.0/8 or 2001:db8::/32";
        remedy = Example;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (ParseAddress(slash < 0 ? text : text[..slash]) is not { } address)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        if (slash < 0)
        {
            remedy = $"write 'host {address}', or add the prefix length: {address}/{bytes.Length * 8}";
            return null;
        }

        var digits = text[(slash + 1)..];
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > bytes.Length * 8 || digits is ['0', _, ..])
        {
            remedy = string.Create(CultureInfo.InvariantCulture, $"write a prefix length from 0 to {bytes.Length * 8}");
            return null;
        }

        var network = Mask(bytes, length);
        remedy = $"write {network}/{digits}";
        return network.Equals(address) ? (address, length) : null;
    }

    private static IPAddress Mask(byte[] bytes, int length)
    {
        var masked = bytes.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] &= (byte)(0xFF00 >> Math.Clamp(length - (i * 8), 0, 8));
        }

        return new IPAddress(masked);
    }
}
