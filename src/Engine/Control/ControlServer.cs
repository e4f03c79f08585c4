using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Endpoints.Clients;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Control;

/// <summary>
/// Serves a running pipeline's control socket (on Windows a named pipe), which only its user and root may open. A client writes one JSON object on a
/// line and reads JSON objects, one a line, until the server closes. A connection takes no part in the data path.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>The bounds that docs/reference/limits.md states.</summary>
    public static readonly ClientLimits Limits = new(Places: 16, Streams: 8);

    private const int LongestRequest = 65_536;

    private readonly ControlHandler _handler;
    private readonly ClientServer _server;

    /// <summary>Serves what a listener accepts.</summary>
    internal ControlServer(string path, IClientListener listener, ControlHandler handler, ClientCounters counters, ILogger logger)
    {
        (Path, _handler) = (path, handler);
        _server = new ClientServer(path, listener, Limits, ServeAsync, counters, logger);
    }

    /// <summary>Answers one request.</summary>
    public delegate Task ControlHandler(ControlRequest request);

    /// <summary>The path of the socket.</summary>
    public string Path { get; }

    /// <summary>Opens the socket at the first of some places where that can be done.</summary>
    /// <param name="places">Paths; directories are created as needed.</param>
    /// <param name="handler">Answers requests; called for several clients at once.</param>
    /// <param name="counters">Counts clients.</param>
    /// <param name="logger">For what goes wrong.</param>
    /// <returns>Null when none can: the reasons are logged, and the pipeline runs without.</returns>
    public static ControlServer? TryStart(IReadOnlyList<string> places, ControlHandler handler, ClientCounters counters, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(places);
        var reasons = new List<string>();
        foreach (var place in places)
        {
            try
            {
                var listener = ControlTransport.Listen(place, counters.Refused.Increment);
                ControlLog.Socket(logger, place);
                return new ControlServer(place, listener, handler, counters, logger);
            }
            catch (IOException error)
            {
                reasons.Add($"{place}: {error.Message}");
            }
        }

        ControlLog.NoSocket(logger, string.Join("; ", reasons));
        return null;
    }

    /// <summary>Closes the socket and ends what is being answered.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Client client)
    {
        var (line, isWhole) = await ReadRequestAsync(client);
        if (line.Length == 0)
        {
            return;
        }

        client.BeginAnswer();
        var request = new ControlRequest(client, isWhole ? Parse(line) : null);
        try
        {
            await (request.IsValid ? _handler(request) : request.RefuseAsync($"a request is one JSON object on one line, of at most {LongestRequest} bytes"));
        }
        catch (JsonException mistake)
        {
            await request.RefuseAsync(mistake.Message);
        }
    }

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>The line, empty where there is none, and whether it has an end within the bound.</returns>
    private static async Task<(string Line, bool IsWhole)> ReadRequestAsync(Client client)
    {
        var buffer = new byte[1024];
        var length = 0;
        while (true)
        {
            var read = await client.ReadAsync(buffer.AsMemory(length));
            var end = buffer.AsSpan(length, read).IndexOf((byte)'\n');
            length += end < 0 ? read : end;
            if (read == 0 || end >= 0)
            {
                return (Encoding.UTF8.GetString(buffer, 0, length), true);
            }

            if (length == LongestRequest)
            {
                return (Encoding.UTF8.GetString(buffer, 0, length), false);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(4 * length, LongestRequest));
            }
        }
    }
}
