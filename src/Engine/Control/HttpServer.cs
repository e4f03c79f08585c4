using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Endpoints.Clients;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Control;

/// <summary>
/// Serves a few read-only resources over HTTP/1.1, one request a connection: a scrape every few seconds needs no more, and a bounded number of
/// connections is all that it can take of the process.
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    /// <summary>The bounds that docs/reference/limits.md states.</summary>
    public static readonly ClientLimits Limits = new(Places: 16);

    private const int LongestHead = 8192;
    private const int Backlog = 64;

    private readonly IReadOnlyList<HttpRoute> _routes;
    private readonly ILogger _logger;
    private readonly ClientServer _server;

    private HttpServer(Socket listener, IReadOnlyList<HttpRoute> routes, ClientCounters counters, ILogger logger)
    {
        (_routes, _logger, Address) = (routes, logger, (IPEndPoint)listener.LocalEndPoint!);
        _server = new ClientServer(Address.ToString(), new SocketListener(listener), Limits, ServeAsync, counters, logger);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Opens the port.</summary>
    /// <param name="address">Where to listen; any address of the machine, or that of all.</param>
    /// <param name="routes">The resources.</param>
    /// <param name="counters">Counts clients.</param>
    /// <param name="logger">For the address, or the reason why there is none.</param>
    /// <returns>Null when the port cannot be opened: the pipeline runs without.</returns>
    public static HttpServer? TryStart(IPEndPoint address, IReadOnlyList<HttpRoute> routes, ClientCounters counters, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(address);
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(address);
            socket.Listen(Backlog);
            var server = new HttpServer(socket, routes, counters, logger);
            ControlLog.Metrics(logger, $"http://{server.Address}{routes[0].Path}");
            return server;
        }
        catch (SocketException error)
        {
            socket?.Dispose();
            ControlLog.NoMetrics(logger, $"http://{address}{routes[0].Path}", error.Message);
            return null;
        }
    }

    /// <summary>Closes the port and all connections.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Client client)
    {
        var buffer = new byte[LongestHead];
        var length = 0;
        while (!HttpRequest.IsComplete(buffer.AsSpan(0, length)))
        {
            if (length == buffer.Length)
            {
                client.BeginAnswer();
                await client.WriteAsync(Head(431, "Request Header Fields Too Large", 0));
                return;
            }

            var read = await client.ReadAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                return;
            }

            length += read;
        }

        client.BeginAnswer();
        await client.WriteAsync(Answer(buffer.AsSpan(0, length), client.IsOnLoopback));
    }

    private byte[] Answer(ReadOnlySpan<byte> head, bool isOnLoopback)
    {
        if (!HttpRequest.TryParse(head, out var request))
        {
            return Head(400, "Bad Request", 0);
        }

        if (_routes.FirstOrDefault(route => route.Path == request.Path) is not { } found)
        {
            return Head(404, "Not Found", 0);
        }

        if (request.Method is not ("GET" or "HEAD"))
        {
            return Head(405, "Method Not Allowed", 0, "Allow: GET, HEAD\r\n");
        }

        if (found.IsLocal && !(isOnLoopback && request.HasLiteralHost))
        {
            return Head(403, "Forbidden", 0);
        }

        if (!TryRead(found, out var body))
        {
            return Head(500, "Internal Server Error", 0);
        }

        var answer = Head(200, "OK", body.Length, $"Content-Type: {found.ContentType}\r\n{found.Fields}");
        return request.Method == "HEAD" ? answer : [.. answer, .. body];
    }

    private static byte[] Head(int status, string reason, int length, string fields = "") => Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {reason}\r\nContent-Length: {length}\r\n")
        + $"Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{fields}\r\n");

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong with one request must not end the server; it is logged.")]
    private bool TryRead(HttpRoute route, out byte[] body)
    {
        try
        {
            body = Encoding.UTF8.GetBytes(route.Read());
            return true;
        }
        catch (Exception error)
        {
            ControlLog.NoAnswer(_logger, route.Path, error);
            body = [];
            return false;
        }
    }
}
