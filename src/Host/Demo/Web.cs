using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Host.Demo;

/// <summary>The web server and its client: <c>GET /</c> returns a line of text, <c>GET /file</c> the demo's file.</summary>
internal static class Web
{
    public const string Greeting = "The web server is up.\n";
    public const int FileBlocks = 128;

    private const int BlockBytes = 1 << 20;

    /// <summary>Serves until the result is disposed.</summary>
    public static HttpListener Serve(NetworkNamespace space, IPAddress address)
    {
        var listener = new HttpListener { Prefixes = { $"http://{address}/" }, IgnoreWriteExceptions = true };
        space.Run(listener.Start);
        _ = AnswerAsync(listener);
        return listener;
    }

    /// <summary>A client that connects anew for each request.</summary>
    public static HttpClient Client(NetworkNamespace space, IPAddress server) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancel) =>
        {
            var socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await socket.ConnectAsync(new IPEndPoint(server, context.DnsEndPoint.Port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri($"http://{server}/"), DefaultRequestHeaders = { ConnectionClose = true } };

    /// <summary>The file in blocks: noise with the block's number in front, so that a lost, doubled or moved block changes the hash.</summary>
    /// <returns>Each block is valid until the next one.</returns>
    public static IEnumerable<byte[]> File()
    {
        var noise = new byte[BlockBytes];
        new Random(FileBlocks).NextBytes(noise);
        for (var i = 0; i < FileBlocks; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(noise, i);
            yield return noise;
        }
    }

    // Ends with an exception when the server is closed; nobody waits for it.
    private static async Task AnswerAsync(HttpListener listener)
    {
        while (true)
        {
            var context = await listener.GetContextAsync();
            var isFile = context.Request.RawUrl == "/file";
            using var response = context.Response;
            response.ContentLength64 = isFile ? (long)FileBlocks * BlockBytes : Greeting.Length;
            foreach (var block in isFile ? File() : [Encoding.ASCII.GetBytes(Greeting)])
            {
                await response.OutputStream.WriteAsync(block);
            }
        }
    }
}

/// <summary>The result of a download.</summary>
internal sealed record Download(long Bytes, string Sha256, TimeSpan Time)
{
    public double MegabitsPerSecond => Bytes * 8 / Time.TotalSeconds / 1e6;

    /// <summary>The download of blocks that are neither lost nor changed.</summary>
    public static Download Expect(IEnumerable<byte[]> blocks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = 0L;
        foreach (var block in blocks)
        {
            hash.AppendData(block);
            bytes += block.Length;
        }

        return new Download(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), TimeSpan.Zero);
    }

    /// <summary>Requests a target and hashes what comes.</summary>
    /// <exception cref="HttpRequestException">No connection, or it broke.</exception>
    public static async Task<Download> GetAsync(HttpClient client, string target, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(target, HttpCompletionOption.ResponseHeadersRead, cancel);
        var hash = await SHA256.HashDataAsync(await response.Content.ReadAsStreamAsync(cancel), cancel);
        return new Download(response.Content.Headers.ContentLength ?? 0, Convert.ToHexStringLower(hash), Stopwatch.GetElapsedTime(began));
    }
}
