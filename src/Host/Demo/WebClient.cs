using System.Diagnostics;
using System.Net.Sockets;
using System.Net;
using System.Security.Cryptography;

namespace Culvert.Host.Demo;

/// <summary>What a download gave.</summary>
internal sealed record Download(long Bytes, string Sha256, TimeSpan Time)
{
    public double MegabitsPerSecond => Bytes * 8 / Time.TotalSeconds / 1e6;
}

/// <summary>The base library's HTTP client, its sockets inside a network namespace; each request on a fresh connection.</summary>
internal sealed class WebClient : IDisposable
{
    private const int ReadBytes = 1 << 18;

    private readonly HttpClient _client;

    public WebClient(NetworkNamespace space, IPAddress server)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancel) =>
            {
                var socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(server, context.DnsEndPoint.Port), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _client = new HttpClient(handler) { BaseAddress = new Uri($"http://{server}/"), Timeout = TimeSpan.FromSeconds(45) };
        _client.DefaultRequestHeaders.ConnectionClose = true;
    }

    /// <summary>Gets the server's line of text.</summary>
    public Task<string> PollAsync(CancellationToken cancel) => _client.GetStringAsync("", cancel);

    /// <summary>Gets the server's file and hashes it on the way.</summary>
    public async Task<Download> DownloadAsync(CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ReadBytes];
        var bytes = 0L;
        var began = Stopwatch.GetTimestamp();
        using var response = await _client.GetAsync("file", HttpCompletionOption.ResponseHeadersRead, cancel);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0; bytes += read)
        {
            hash.AppendData(buffer, 0, read);
        }

        return new Download(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), Stopwatch.GetElapsedTime(began));
    }

    public void Dispose() => _client.Dispose();
}
