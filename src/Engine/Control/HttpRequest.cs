using System.Diagnostics.CodeAnalysis;
using System.Text;
using Culvert.Wire;

namespace Culvert.Engine.Control;

/// <summary>The head of an HTTP/1.x request (RFC 9112 §2.1): what a server of a few resources needs of it.</summary>
/// <param name="Method">For example <c>GET</c>.</param>
/// <param name="Path">The path of the target, without a query.</param>
/// <param name="Host">The field Host without its port; null in HTTP/1.0.</param>
internal sealed record HttpRequest(string Method, string Path, string? Host)
{
    /// <summary>Whether Host is an address or <c>localhost</c>: no name that somebody's server resolves.</summary>
    public bool HasLiteralHost => Host is "localhost" || (Host is not null && AddressText.TryParseAddress(Host.Trim('[', ']'), out _));

    /// <summary>Whether bytes end with the empty line after a head.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n\r\n"u8) >= 0 || bytes.IndexOf("\n\n"u8) >= 0;

    /// <summary>Parses a complete head.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HttpRequest? request)
    {
        request = null;
        var lines = Encoding.Latin1.GetString(bytes).ReplaceLineEndings("\n").Split('\n');
        var words = lines[0].Split(' ');
        string[] hosts = [.. lines.Skip(1).TakeWhile(line => line.Length > 0).Where(IsHost).Select(line => line["host:".Length..].Trim())];
        if (words is not [{ Length: > 0 }, { Length: > 0 }, "HTTP/1.0" or "HTTP/1.1"] || hosts.Length > 1 || (hosts.Length == 0 && words[2] == "HTTP/1.1"))
        {
            return false;
        }

        request = new HttpRequest(words[0], PathOf(words[1]), hosts.Length == 0 ? null : WithoutPort(hosts[0]));
        return true;
    }

    private static bool IsHost(string line) => line.StartsWith("host:", StringComparison.OrdinalIgnoreCase);

    private static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon > host.IndexOf(']') ? host[..colon] : host;
    }

    /// <summary>The target is a path, or with a proxy a whole URL (RFC 9112 §3.2).</summary>
    private static string PathOf(string target)
    {
        if (target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
        {
            var slash = target.IndexOf('/', scheme + 3);
            target = slash < 0 ? "/" : target[slash..];
        }

        return target.Split('?', 2)[0];
    }
}
