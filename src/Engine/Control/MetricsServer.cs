using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Control;

/// <summary>
/// Serves metrics as text over HTTP at <c>/metrics</c>, with the base library's own small server: a scrape every few seconds needs no
/// more, and the program stays without a web framework. While nobody asks, nothing wakes.
/// </summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<string> _read;
    private readonly ILogger _logger;
    private readonly Task _serving;

    private MetricsServer(HttpListener listener, Func<string> read, ILogger logger)
    {
        (_listener, _read, _logger) = (listener, read, logger);
        _serving = ServeAsync();
    }

    /// <summary>Opens the port.</summary>
    /// <param name="address">Where to listen.</param>
    /// <param name="read">Gives the text; called for each request, on a thread of the pool.</param>
    /// <param name="logger">Says where, or why not.</param>
    /// <returns>Null when that cannot be done: the pipeline runs without.</returns>
    public static MetricsServer? TryStart(IPEndPoint address, Func<string> read, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(address);
        var any = address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
        var host = any ? "*" : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address.Address}]" : address.Address.ToString();
        var listener = new HttpListener { IgnoreWriteExceptions = true };
        var url = $"http://{host}:{address.Port}/metrics";
        try
        {
            listener.Prefixes.Add(url + "/");
            listener.Start();
            ControlLog.Metrics(logger, url);
            return new MetricsServer(listener, read, logger);
        }
        catch (Exception error) when (error is HttpListenerException or SocketException or PlatformNotSupportedException)
        {
            ControlLog.NoMetrics(logger, url, error.Message);
            listener.Close();
            return null;
        }
    }

    /// <summary>Closes the port.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            try
            {
                Answer(context);
            }
            catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                ControlLog.NoAnswer(_logger, error);
                context.Response.Abort();
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        using var response = context.Response;
        if (context.Request.HttpMethod is not ("GET" or "HEAD"))
        {
            response.StatusCode = (int)HttpStatusCode.MethodNotAllowed;
            return;
        }

        if (!TryRead(out var body))
        {
            response.StatusCode = (int)HttpStatusCode.InternalServerError;
            return;
        }

        response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        response.ContentLength64 = body.Length;
        if (context.Request.HttpMethod == "GET")
        {
            response.OutputStream.Write(body);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong with one request must not end the server; it is logged.")]
    private bool TryRead(out byte[] body)
    {
        try
        {
            body = Encoding.UTF8.GetBytes(_read());
            return true;
        }
        catch (Exception error)
        {
            ControlLog.NoAnswer(_logger, error);
            body = [];
            return false;
        }
    }
}
