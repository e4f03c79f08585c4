using System.Globalization;
using System.Net;
using Culvert.Wire;

namespace Culvert.Filtering.Grammar;

/// <summary>Addresses and prefixes of the filter language, with remedies.</summary>
internal static class Prefix
{
    /// <summary>Parses an address; null when the text is none.</summary>
    public static IPAddress? ParseAddress(string text) => AddressText.TryParseAddress(text, out var address) ? address : null;

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

        var bits = address.GetAddressBytes().Length * 8;
        if (slash < 0)
        {
            remedy = $"write 'host {address}', or add the prefix length: {address}/{bits}";
            return null;
        }

        if (!AddressText.TryParsePrefix(text, out _, out var length))
        {
            remedy = string.Create(CultureInfo.InvariantCulture, $"write a prefix length from 0 to {bits}");
            return null;
        }

        var network = AddressText.NetworkOf(address, length);
        remedy = $"write {network}";
        return network.BaseAddress.Equals(address) ? (address, length) : null;
    }
}
