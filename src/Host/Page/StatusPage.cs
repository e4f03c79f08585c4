using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Culvert.Engine.Control;

namespace Culvert.Host.Page;

/// <summary>
/// The page of a running pipeline, for browsers of this machine: <c>/</c>, one file without anything from elsewhere, and <c>/page.json</c>, which its
/// script polls. Read-only. Thread-safe.
/// </summary>
internal sealed class StatusPage
{
    // Where the page has the status in words, for browsers without scripts.
    private const string Place = "<!--status-->";

    private readonly string _html;
    private readonly PageFeed _feed;

    /// <param name="feed">The status.</param>
    public StatusPage(PageFeed feed)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("page.html")!;
        using var reader = new StreamReader(stream);
        // A browser hashes a script after the same change of line ends.
        (_html, _feed) = (reader.ReadToEnd().ReplaceLineEndings("\n"), feed);
        var fields = Fields(_html);
        Routes =
        [
            new HttpRoute("/", "text/html; charset=utf-8", Html) { IsLocal = true, Fields = fields },
            new HttpRoute("/page.json", "application/json", () => _feed.Get().Json) { IsLocal = true, Fields = fields },
        ];
    }

    /// <summary>The resources.</summary>
    public IReadOnlyList<HttpRoute> Routes { get; }

    private string Html() => _html.Replace(Place, WebUtility.HtmlEncode(_feed.Get().Text), StringComparison.Ordinal);

    // Only the script and the style of the file itself are obeyed, and no script can turn text into HTML.
    private static string Fields(string html) =>
        $"Content-Security-Policy: default-src 'none'; script-src {Hash(html, "script")}; style-src {Hash(html, "style")}; img-src data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'\r\n"
        + "Cross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n";

    private static string Hash(string html, string element)
    {
        var begin = html.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var content = html[begin..html.IndexOf($"</{element}>", StringComparison.Ordinal)];
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";
    }
}
