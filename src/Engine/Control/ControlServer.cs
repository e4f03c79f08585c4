using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Control;

/// <summary>
/// Serves a running pipeline's control socket (on Windows a named pipe), which only its user may open. A client writes one JSON object on a line and
/// reads JSON objects, one a line, until the server closes. A connection takes no part in the data path; while nobody asks, nothing wakes.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const int MostConnections = 16;
    private const int LongestRequest = 65_536;

    private readonly IControlListener _listener;
    private readonly ControlHandler _handler;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _places = new(MostConnections);
    private readonly Task _accepting;

    private ControlServer(string path, IControlListener listener, ControlHandler handler, ILogger logger)
    {
        (Path, _listener, _handler, _logger) = (path, listener, handler, logger);
        _accepting = AcceptAsync();
    }

    /// <summary>Answers one request.</summary>
    /// <param name="request">What the client wrote.</param>
    /// <param name="reply">Writes one object to the client; it throws when the client has gone.</param>
    /// <param name="cancel">The server closes.</param>
    public delegate Task ControlHandler(JsonObject request, Func<JsonObject, Task> reply, CancellationToken cancel);

    /// <summary>The path of the socket.</summary>
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
                return new ControlServer(place, ControlTransport.Listen(place), handler, logger);
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
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
        _places.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await _places.WaitAsync(_end.Token);
                var client = await _listener.AcceptAsync(_end.Token);
                _ = ServeAsync(client);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException
                or IOException)
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
    private async Task ServeAsync(Stream client)
    {
        try
        {
            await using var stream = client;
            using var reader = new StreamReader(stream, leaveOpen: true);
            await using var writer = new StreamWriter(stream, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
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
