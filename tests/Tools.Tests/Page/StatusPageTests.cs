using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Control;
using Culvert.Host.Page;
using Culvert.Testing;
using Tools.Tests.Output;

namespace Tools.Tests.Page;

/// <summary>The page as it is served; what a browser makes of it is tested in .ci/long.d/page.</summary>
public sealed partial class StatusPageTests
{
    private const string Hostile = "</pre><script>alert(1)</script>\u202e";

    [Fact]
    public async Task The_page_is_small_and_needs_nothing_from_elsewhere()
    {
        var (head, body) = await GetAsync("/", "127.0.0.1:9100");
        Assert.InRange(Encoding.UTF8.GetByteCount(body), 1000, 60_000);
        Assert.Contains("Content-Type: text/html; charset=utf-8\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(src|href|action)=""(?!#|data:)", body);
        Assert.DoesNotMatch(@"@import|url\(|\sstyle=|\son[a-z]+=", body);
        Assert.Equal("http://www.w3.org/2000/svg", Assert.Single(Addresses().Matches(body).Select(match => match.Value).Distinct()));
    }

    [Fact]
    public async Task Only_the_script_and_the_style_of_the_file_are_obeyed()
    {
        var (head, body) = await GetAsync("/", "localhost");
        var policy = head.Split("Content-Security-Policy: ")[1].Split("\r\n")[0];
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'; require-trusted-types-for 'script'", policy, StringComparison.Ordinal);
        foreach (var element in new[] { "script", "style" })
        {
            var content = Assert.Single(Regex.Matches(body, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline)).Groups[1].Value;
            Assert.Contains($"{element}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_script_inserts_text_alone()
    {
        var (_, body) = await GetAsync("/", "[::1]");
        Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacent|document[.]write|DOMParser|eval|Function", body);
    }

    [Fact]
    public async Task Without_scripts_the_page_has_the_status_in_words_as_text()
    {
        var status = StatusTextTests.Status(StatusTextTests.Silent(Hostile, "abc="));
        var (_, body) = await GetAsync("/", "127.0.0.1", () => status);
        Assert.Contains("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u202e", body, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(body, "<script>"));
    }

    [Theory]
    [InlineData("/", "GET", "127.0.0.1:9100", 200)]
    [InlineData("/page.json", "GET", "[::1]:9100", 200)]
    [InlineData("/page.json", "HEAD", "localhost", 200)]
    [InlineData("/", "GET", "gateway.example", 403)]
    [InlineData("/page.json", "GET", "rebound.example:9100", 403)]
    [InlineData("/", "POST", "127.0.0.1", 405)]
    [InlineData("/page.json", "DELETE", "127.0.0.1", 405)]
    [InlineData("/page.html", "GET", "127.0.0.1", 404)]
    public async Task It_is_read_only_and_for_literal_hosts(string path, string method, string host, int status)
    {
        var (head, body) = await GetAsync(path, host, method: method);
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Equal(status == 200 && method == "GET", body.Length > 0);
    }

    private static async Task<(string Head, string Body)> GetAsync(string path, string host, Func<JsonObject>? getStatus = null, string method = "GET")
    {
        var page = new StatusPage(new PageFeed(getStatus ?? (() => StatusTextTests.Status()), TimeProvider.System));
        await using var server = HttpServer.TryStart(
            new IPEndPoint(IPAddress.Loopback, 0), page.Routes, new ClientCounters(new CounterSet(), "http"), new MemoryLogger())!;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        using var reader = new StreamReader(new NetworkStream(socket));
        var answer = (await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60))).Split("\r\n\r\n", 2);
        return (answer[0] + "\r\n", answer[1]);
    }

    [GeneratedRegex(@"[a-z]+://[^'"" ]+")]
    private static partial Regex Addresses();
}
