using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Control;

/// <summary>
/// Serves a running pipeline's control socket: a Unix socket that only its user may open. A client writes one JSON object on a line and
/// reads JSON objects, one a line, until the server closes. A connection takes no part in the data path; while nobody asks, nothing wakes.
/// </summary>
public sealed class ControlServer : IAsyncDisposable
{
    private const int MostConnections = 16;
    private const int LongestRequest = 65_536;

    private readonly Socket _socket;
    private readonly ControlHandler _handler;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _places = new(MostConnections);
    private readonly Task _accepting;

    private ControlServer(string path, Socket socket, ControlHandler handler, ILogger logger)
    {
        (Path, _socket, _handler, _logger) = (path, socket, handler, logger);
        _accepting = AcceptAsync();
    }

    /// <summary>Answers one request.</summary>
    /// <param name="request">What the client wrote.</param>
    /// <param name="reply">Writes one object to the client; it throws when the client has gone.</param>
    /// <param name="cancel">The server closes.</param>
    public delegate Task ControlHandler(JsonObject request, Func<JsonObject, Task> reply, CancellationToken cancel);

    /// <summary>Where the socket lies.</summary>
    public string Path { get; }

    /// <summary>Opens the socket at the first of some places where that can be done.</summary>
    /// <param name="places">Paths; folders are made as needed.</param>
    /// <param name="handler">Answers requests; called for several clients at once.</param>
    /// <param name="logger">For what goes wrong.</param>
    /// <returns>Null when none can: why is logged, and the pipeline runs without.</returns>
    public static ControlServer? TryStart(IReadOnlyList<string> places, ControlHandler handler, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(places);
        var reason = "no place to put it";
        foreach (var place in places)
        {
            try
            {
                return new ControlServer(place, Listen(place), handler, logger);
            }
            catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException or ArgumentException
                or PlatformNotSupportedException)
            {
                reason = $"{place}: {error.Message}";
            }
        }

        ControlLog.NoSocket(logger, reason);
        return null;
    }

    /// <summary>Closes the socket and ends what is being answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _socket.Dispose();
        await _accepting;
        File.Delete(Path);
        _end.Dispose();
        _places.Dispose();
    }

    private static Socket Listen(string path)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        RemoveLeftBehind(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                // Before Listen: nobody can connect until the rights are right.
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            socket.Listen(MostConnections);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket's file outlives a process that was killed; one that still answers is another pipeline's.</summary>
    private static void RemoveLeftBehind(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw new IOException("another running pipeline has it");
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await _places.WaitAsync(_end.Token);
                var client = await _socket.AcceptAsync(_end.Token);
                _ = ServeAsync(client);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                if (!_end.IsCancellationRequested)
                {
                    ControlLog.Broken(_logger, error.Message);
                }

                return;
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A fault while answering ends the answer, not the pipeline.")]
    private async Task ServeAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            using var reader = new StreamReader(stream);
            await using var writer = new StreamWriter(stream) { AutoFlush = true, NewLine = "\n" };
            if (await ReadRequestAsync(reader, _end.Token) is { } request)
            {
                await _handler(request, answer => writer.WriteLineAsync(answer.ToJsonString()), _end.Token);
            }
        }
        catch (Exception error)
        {
            ControlLog.Unanswered(_logger, error.Message);
        }
        finally
        {
            Release();
        }
    }

    private void Release()
    {
        try
        {
            _places.Release();
        }
        catch (ObjectDisposedException)
        {
            // The server closed while this client was being answered.
        }
    }

    private static async Task<JsonObject?> ReadRequestAsync(StreamReader reader, CancellationToken cancel)
    {
        var buffer = new char[LongestRequest];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await reader.ReadAsync(buffer.AsMemory(length), cancel);
            length += read;
            var end = Array.IndexOf(buffer, '\n', 0, length);
            if (read == 0 || end >= 0)
            {
                return length == 0 ? null : JsonNode.Parse(new string(buffer, 0, end < 0 ? length : end)) as JsonObject
                    ?? throw new JsonException("a request is one JSON object on one line");
            }
        }

        throw new JsonException($"a request has at most {LongestRequest} characters");
    }
}
