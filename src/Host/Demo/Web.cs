using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Host.Demo;

/// <summary>
/// The web server and its client, as much HTTP/1.0 (RFC 1945) as two requests need: <c>GET /</c> returns a line of text, <c>GET /file</c> the
/// demo's file. One request a connection; its end is the end of the answer.
/// </summary>
internal static class Web
{
    public const int Port = 80;
    public const string Greeting = "The web server is up.\n";
    public const int FileBlocks = 128;

    private const int BlockBytes = 1 << 20;
    private const int MaxRequestBytes = 4096;

    /// <summary>Serves until the token is cancelled. A client that goes away in the middle notices by itself.</summary>
    public static async Task ServeAsync(NetworkNamespace space, IPAddress address, CancellationToken cancel)
    {
        using var listener = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(address, Port));
        listener.Listen();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptAsync(cancel);
                await AnswerAsync(client, cancel);
            }
            catch (SocketException)
            {
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    /// <summary>Requests a target and hashes the answer's body.</summary>
    /// <exception cref="SocketException">No connection, or it broke.</exception>
    public static async Task<Download> GetAsync(NetworkNamespace space, IPAddress server, string target, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        using var socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(new IPEndPoint(server, Port), cancel);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.0\r\n\r\n"), cancel);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BlockBytes];
        var (bytes, kept) = (0L, 0);
        var inHeader = true;
        for (int read; (read = await socket.ReceiveAsync(buffer.AsMemory(kept), cancel)) > 0;)
        {
            var part = buffer.AsSpan(0, kept + read);
            kept = 0;
            if (inHeader)
            {
                var end = part.IndexOf("\r\n\r\n"u8);
                if (end < 0)
                {
                    kept = part.Length;
                    continue;
                }

                inHeader = false;
                part = part[(end + 4)..];
            }

            hash.AppendData(part);
            bytes += part.Length;
        }

        return new Download(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), Stopwatch.GetElapsedTime(began));
    }

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

    private static async Task AnswerAsync(Socket client, CancellationToken cancel)
    {
        client.NoDelay = true;
        var request = new byte[MaxRequestBytes];
        var length = 0;
        while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = await client.ReceiveAsync(request.AsMemory(length), cancel);
            if (read == 0)
            {
                return;
            }

            length += read;
        }

        var file = request.AsSpan().StartsWith("GET /file "u8);
        var size = file ? (long)FileBlocks * BlockBytes : Greeting.Length;
        var header = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.0 200 OK\r\nContent-Length: {size}\r\n\r\n");
        await client.SendAsync(Encoding.ASCII.GetBytes(header), cancel);
        foreach (var block in file ? File() : [Encoding.ASCII.GetBytes(Greeting)])
        {
            for (var sent = 0; sent < block.Length;)
            {
                sent += await client.SendAsync(block.AsMemory(sent), cancel);
            }
        }

        client.Shutdown(SocketShutdown.Send);
    }
}

/// <summary>The result of a download.</summary>
internal sealed record Download(long Bytes, string Sha256, TimeSpan Time)
{
    public double MegabitsPerSecond => Bytes * 8 / Time.TotalSeconds / 1e6;

    /// <summary>The download of content that is neither lost nor changed.</summary>
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

    public bool IsSameAs(Download other) => Bytes == other.Bytes && Sha256 == other.Sha256;
}
