using System.Diagnostics.CodeAnalysis;
using Culvert.Options;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>An HTTP proxy: <c>http://HOST:PORT</c>.</summary>
/// <param name="Host">The proxy's host and port.</param>
public sealed record ProxyAddress(HostEndpoint Host) : IOptionValue<ProxyAddress>
{
    private const string Scheme = "http://";

    /// <inheritdoc/>
    public static string Expected => "http://HOST:PORT, for example http://192.0.2.8:3128";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^http://[^/@]+:[0-9]{1,5}/?$"}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out ProxyAddress? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        (value, error) = (null, null);
        if (node.Scalar is not { } text || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            error = node.Scalar?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true
                ? "a connection to the proxy itself is not encrypted; write http://HOST:PORT" : null;
            return false;
        }

        // The text is not repeated: what stands before the @ is a password.
        if (text.Contains('@', StringComparison.Ordinal))
        {
            error = "credentials are not supported; write http://HOST:PORT";
            return false;
        }

        if (!HostEndpoint.TryParse(text[Scheme.Length..].TrimEnd('/'), out var host))
        {
            return false;
        }

        value = new ProxyAddress(host);
        return true;
    }

    /// <summary><c>http://host:port</c>.</summary>
    public override string ToString() => Scheme + Host;
}
