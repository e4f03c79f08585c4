using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EndToEnd.Tests.Hardening;

/// <summary>
/// The keys of a running site are in nothing that it logs, serves or writes, with one exception: the file of a capture that was asked for them.
/// </summary>
public sealed class RunningSecretsTests
{
    private const int MetricsPort = 9101;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_running_site_shows_no_key()
    {
        using var sites = TwoSites.Start(settings: $"metrics: 127.0.0.1:{MetricsPort}");
        var shown = new StringBuilder();
        void Ask(params string[] words) => shown.Append(sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, words) is { } result ? result.Output + result.Error : "");

        var file = sites.LeftFile;
        var folder = Path.GetDirectoryName(file)!;
        var key = File.ReadAllText(Path.Combine(folder, "site.key")).Trim();
        Ask("status", file);
        Ask("status", file, "--format", "json");
        Ask("top", file, "--count", "1", "--interval", "0.2");
        Ask("list");
        Ask("check", file, "--format", "json");
        Ask("export", file);
        Ask("capture", "--file", file, "--write", Path.Combine(folder, "plain.pcapng"), "--seconds", "1");
        Ask("capture", "--file", file, "--write", file + ".secret.pcapng", "--seconds", "1", "--keys");
        Assert.Contains(key, File.ReadAllText(file + ".secret.pcapng"), StringComparison.Ordinal);
        shown.Append(sites.LeftSpace.Invoke(() => Fetch(MetricsPort)));

        // The key where others belong: in a reload, whose answer and log quote the file, and in a request of a stranger.
        var text = File.ReadAllText(file);
        foreach (var spoilt in new[]
        {
            text.Replace("stage: mss-clamp", $"stage: {key}", StringComparison.Ordinal), text.Replace("127.0.0.1:4000", $"{key}:1", StringComparison.Ordinal),
            text + $"\n{key}: {key}\n", text.Replace("site.key", key, StringComparison.Ordinal), $"'{key}",
        })
        {
            File.WriteAllText(file, spoilt);
            Ask("reload", file);
            Ask("reload", file, "--format", "json");
            sites.Left.Signal("HUP");
        }

        File.WriteAllText(file, text);
        shown.Append(Request(Path.Combine(folder, "site.sock"), $"{{\"request\":\"{key}\"}}"));
        shown.Append(Request(Path.Combine(folder, "site.sock"), $"{{\"request\":\"trace\",\"filter\":\"host {key}\"}}"));
        shown.Append(Request(Path.Combine(folder, "site.sock"), key));
        sites.AssertAlive();
        sites.Left.Signal("TERM");
        Assert.Equal(0, sites.Left.WaitForExit());

        Assert.Contains("mss-clamp", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("not shown", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("culvert_stage", shown.ToString(), StringComparison.Ordinal);
        AssertAbsent(key, shown.ToString());
        AssertAbsent(key, sites.Left.Said);
        AssertAbsent(Convert.ToHexString(Convert.FromBase64String(key)), shown + sites.Left.Said);
        foreach (var written in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(
            path => Path.GetFileName(path) is not ("site.key" or "pipeline.yaml.secret.pcapng")))
        {
            AssertAbsent(key, File.ReadAllText(written));
        }
    }

    private static void AssertAbsent(string key, string text)
    {
        for (var at = 0; at + 12 <= key.Length; at++)
        {
            Assert.DoesNotContain(key.Substring(at, 12), text, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static string Fetch(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return Exchange(socket, $"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    }

    private static string Request(string path, string line)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return Exchange(socket, line + "\n");
    }

    private static string Exchange(Socket socket, string request)
    {
        socket.ReceiveTimeout = (int)_limit.TotalMilliseconds;
        socket.Send(Encoding.UTF8.GetBytes(request));
        socket.Shutdown(SocketShutdown.Send);
        var answer = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = socket.Receive(buffer)) > 0)
        {
            answer.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
