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

    /// <summary>
    /// The endpoint when <see cref="Host"/> is an address; null when it is a name, or a link-local address by an interface that does not exist
    /// (yet): look it up as a name.
    /// </summary>
    public IPEndPoint? Address => TryParseHost(Host, out var address) && !(address is { IsIPv6LinkLocal: true, ScopeId: 0 } && Host.Contains('%', StringComparison.Ordinal))
        ? new IPEndPoint(Unmapped(address), Port) : null;

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out HostEndpoint? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (TryParse(node.Scalar, out value))
        {
            error = WhyNoHost(value);
            value = error is null ? value : null;
            return value is not null;
        }

        error = Hint(node.Scalar ?? "");
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

    private static string? Hint(string text)
    {
        var colon = text.LastIndexOf(':');
        if (AddressText.TryParseAddress(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return $"an IPv6 address goes in brackets before its port; write \"[{address}]:51820\" with the peer's port";
        }

        if (colon > 0 && AddressText.TryParseAddress(text.AsSpan(0, colon), out address) && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return $"an IPv6 address goes in brackets before its port; write \"[{address}]{text[colon..]}\"";
        }

        return text.Length > 0 && colon < 0 && TryParse(text + ":1", out _) ? $"missing port; write {text}:51820 with the peer's port" : null;
    }

    // What can be written, but nobody can be called at.
    private static string? WhyNoHost(HostEndpoint endpoint)
    {
        if (!TryParseHost(endpoint.Host, out var address))
        {
            return null;
        }

        address = Unmapped(address);
        var first = address.GetAddressBytes()[0];
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "the unspecified address is nobody's; write the peer's own address"
            : address.Equals(IPAddress.Broadcast) ? "the broadcast address is no peer's; write the peer's own address"
            : address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && first is >= 224 and < 240)
                ? "a multicast address is no peer's; write the peer's own address"
            : address.IsIPv6LinkLocal && !endpoint.Host.Contains('%', StringComparison.Ordinal)
                ? $"a link-local address needs the interface that leads to it; write \"[{address}%eth0]:{endpoint.Port}\" with the interface's name"
            : null;
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

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
