using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>A small web server in one namespace, and polls of it from another, each a fresh connection.</summary>
internal sealed class WebPolls : IDisposable
{
    private const int BodyLength = 20_000;

    private readonly NetworkNamespace _from;
    private readonly Socket _listener;

    public WebPolls(NetworkNamespace from, NetworkNamespace at)
    {
        _from = from;
        _listener = at.Invoke(() =>
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Any, ReportedSites.WebPort));
            listener.Listen(512);
            return listener;
        });
        _ = ServeAsync();
    }

    /// <summary>Polls again and again, some at a time.</summary>
    /// <param name="count">How many in all.</param>
    /// <param name="limit">How long one may take: under 1 s, no lost SYN is sent again.</param>
    /// <returns>How many got no whole answer in time.</returns>
    public async Task<int> FailedAsync(int count, TimeSpan limit)
    {
        const int AtOnce = 50;
        var failed = 0;
        for (var done = 0; done < count; done += AtOnce)
        {
            var polls = Enumerable.Range(0, Math.Min(AtOnce, count - done)).Select(_ => PollAsync(limit));
            failed += (await Task.WhenAll(polls)).Count(good => !good);
        }

        return failed;
    }

    public void Dispose() => _listener.Dispose();

    private async Task<bool> PollAsync(TimeSpan limit)
    {
        using var socket = _from.Invoke(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var late = new CancellationTokenSource(limit);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(ReportedSites.WebAddress), ReportedSites.WebPort), late.Token);
            await socket.SendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), late.Token);
            var answer = new byte[BodyLength * 2];
            var length = 0;
            for (int received; (received = await socket.ReceiveAsync(answer.AsMemory(length), late.Token)) > 0;)
            {
                length += received;
            }

            return answer.AsSpan(0, length).StartsWith("HTTP/1.0 200 OK\r\n"u8) && length > BodyLength;
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            return false;
        }
    }

    private async Task ServeAsync()
    {
        var answer = Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Length: {BodyLength}\r\n\r\n{new string('x', BodyLength)}");
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptAsync(), answer);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The listener was disposed: the test is over.
        }
    }

    private static async Task AnswerAsync(Socket socket, byte[] answer)
    {
        using (socket)
        {
            try
            {
                var request = new byte[100];
                await socket.ReceiveAsync(request);
                await socket.SendAsync(answer);
                socket.Shutdown(SocketShutdown.Send);
                await socket.ReceiveAsync(request);
            }
            catch (SocketException)
            {
                // A poll that gave up.
            }
        }
    }
}
