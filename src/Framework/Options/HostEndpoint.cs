using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Wire;

namespace Culvert.Options;

/// <summary>
/// A host's name or address with a port: <c>vpn.example.net:51820</c>, <c>203.0.113.7:51820</c>, <c>[2001:db8::7]:51820</c>. A name is
/// not resolved here; whoever uses it does, off the data path, and again when the peer does not answer.
/// </summary>
/// <param name="Host">A name, or an address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record HostEndpoint(string Host, int Port) : IOptionValue<HostEndpoint>
{
    /// <inheritdoc/>
    public static string Expected => "HOST:PORT, for example 203.0.113.7:51820, vpn.example.net:51820 or \"[2001:db8::7]:51820\"";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^(\\[[0-9A-Fa-f:.%A-Za-z]+\\]|[^:\\[\\]]+):[0-9]{1,5}$"}""";

    /// <summary>The endpoint when <see cref="Host"/> is an address; null when it is a name.</summary>
    public IPEndPoint? Address => TryParseHost(Host, out var address) ? new IPEndPoint(address, Port) : null;

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out HostEndpoint? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        if (TryParse(node.Scalar, out value))
        {
            return true;
        }

        var text = node.Scalar;
        if (AddressText.TryParseAddress(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            error = $"an IPv6 address goes in brackets before its port; write \"[{address}]:51820\" with the peer's port";
        }
        else if (text is { Length: > 0 } && !text.Contains(':', StringComparison.Ordinal) && TryParse(text + ":1", out _))
        {
            error = $"missing port; write {text}:51820 with the peer's port";
        }

        return false;
    }

    /// <summary>Reads <c>HOST:PORT</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out HostEndpoint? value)
    {
        value = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0)
        {
            return false;
        }

        var host = text![..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            if (!TryParseHost(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }
        }
        else if (host.Contains(':', StringComparison.Ordinal)
            || (!AddressText.TryParseAddress(host, out _) && (Uri.CheckHostName(host) != UriHostNameType.Dns || LooksLikeAnAddress(host))))
        {
            return false;
        }

        value = new HostEndpoint(host, port);
        return true;
    }

    // A last label of digits alone is no top-level domain (RFC 3696 §2): 10.1 and 0x7f.1 are addresses to some programs.
    private static bool LooksLikeAnAddress(string host)
    {
        var label = host.AsSpan(host.TrimEnd('.').LastIndexOf('.') + 1).TrimEnd('.');
        return !label.ContainsAnyExceptInRange('0', '9') || label.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
    }

    // A link-local address has the name of its interface behind it (RFC 4007 §11): fe80::1%eth0.
    private static bool TryParseHost(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        var zone = host.IndexOf('%', StringComparison.Ordinal);
        if (!AddressText.TryParseAddress(zone < 0 ? host : host.AsSpan(0, zone), out address))
        {
            return false;
        }

        return zone < 0 || (address.IsIPv6LinkLocal && IPAddress.TryParse(host, out address));
    }

    /// <summary><c>host:port</c>, an IPv6 address in brackets.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
