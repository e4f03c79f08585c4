using System.Globalization;
using System.Net.Sockets;
using System.Net;
using System.Text;

namespace Culvert.Host.Demo;

/// <summary>
/// A small HTTP/1.1 server (RFC 9112) inside a network namespace: <c>GET /</c> gives a line of text, <c>GET /file</c> the demo's file. One
/// request a connection.
/// </summary>
internal sealed class WebServer : IAsyncDisposable
{
    public const int Port = 80;
    public const string Greeting = "The web server is up.\n";

    private const int MaxRequestBytes = 8192;

    private readonly Socket _listener;
    private readonly DemoContent _content;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    private WebServer(Socket listener, DemoContent content)
    {
        (_listener, _content) = (listener, content);
        _accepting = AcceptAsync();
    }

    /// <summary>Listens on an address of the namespace.</summary>
    public static WebServer Start(NetworkNamespace space, IPAddress address, DemoContent content) => space.Run(() =>
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, Port));
        listener.Listen();
        return new WebServer(listener, content);
    });

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptAsync(_closing.Token);
                client.NoDelay = true;
                await ServeAsync(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (failure is SocketException or IOException)
            {
                // The client went away in the middle: it notices by itself, and the next one is served.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: false);
        switch (await ReadTargetAsync(stream))
        {
            case "/":
                await AnswerAsync(stream, "200 OK", Greeting.Length);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Greeting), _closing.Token);
                break;
            case "/file":
                await AnswerAsync(stream, "200 OK", _content.Length);
                for (var i = 0; i < _content.Blocks; i++)
                {
                    await stream.WriteAsync(_content.Block(i), _closing.Token);
                }

                break;
            default:
                await AnswerAsync(stream, "404 Not Found", 0);
                break;
        }

        client.Shutdown(SocketShutdown.Send);
    }

    private Task AnswerAsync(NetworkStream stream, string status, long length)
    {
        var header = string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        return stream.WriteAsync(Encoding.ASCII.GetBytes(header), _closing.Token).AsTask();
    }

    /// <summary>Reads the request's header and gives what it asks for; an empty text when it is no GET.</summary>
    private async Task<string> ReadTargetAsync(NetworkStream stream)
    {
        var request = new byte[MaxRequestBytes];
        var length = 0;
        while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = await stream.ReadAsync(request.AsMemory(length), _closing.Token);
            if (read == 0)
            {
                return "";
            }

            length += read;
        }

        var words = Encoding.ASCII.GetString(request, 0, length).Split(' ', 3);
        return words[0] == "GET" ? words[1] : "";
    }
}
