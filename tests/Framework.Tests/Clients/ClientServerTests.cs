using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Testing;

namespace Framework.Tests.Clients;

/// <summary>Clients are bounded in number and time, whatever they do.</summary>
public sealed class ClientServerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly ClientLimits Few = new(Places: 4, Streams: 2) { RequestTime = TimeSpan.FromMinutes(5) };

    private readonly CounterSet _set = new();
    private readonly MemoryLogger _log = new();
    private readonly List<Socket> _clients = [];
    private ClientServer? _server;
    private EndPoint _address = null!;

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Idle_clients_and_half_requests_give_way_to_a_newer_client()
    {
        Start(Few);
        for (var i = 0; i < 100; i++)
        {
            await SendAsync(await ConnectAsync(), i % 2 == 0 ? "" : "half");
        }

        Assert.Equal("echo x", await AskAsync("x"));
        Assert.InRange(Count("crowded-out"), 96, 97);
        Assert.Equal(101, Count("accepted"));
    }

    [Fact]
    public async Task A_client_being_answered_keeps_its_place()
    {
        var (asked, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        Start(Few, async line =>
        {
            if (line == "slow")
            {
                asked.SetResult();
                await gate.Task;
            }

            return "done";
        });
        var slow = await ConnectAsync();
        await SendAsync(slow, "slow\n");
        await asked.Task.WaitAsync(Patience);
        for (var i = 0; i < 20; i++)
        {
            await ConnectAsync();
        }

        Assert.Equal("done", await AskAsync("x"));
        gate.SetResult();
        Assert.Equal("done", await ReadLineAsync(slow));
    }

    [Fact]
    public async Task A_request_that_is_not_complete_in_time_ends_the_connection()
    {
        Start(Few with { RequestTime = TimeSpan.FromMilliseconds(50) });
        var client = await ConnectAsync();
        await SendAsync(client, "half");
        Assert.Equal("", await ReadLineAsync(client));
        await EventuallyAsync(() => Count("timed-out") == 1);
    }

    [Fact]
    public async Task An_answer_that_is_not_read_in_time_ends_the_connection()
    {
        Start(Few with { RequestTime = TimeSpan.FromMilliseconds(200) }, _ => Task.FromResult(new string('x', 64 << 20)));
        await SendAsync(await ConnectAsync(), "x\n");
        await EventuallyAsync(() => Count("timed-out") == 1);
    }

    [Fact]
    public async Task Streams_have_places_of_their_own_and_more_are_refused()
    {
        Start(Few);
        for (var i = 0; i < Few.Streams; i++)
        {
            var stream = await ConnectAsync();
            await SendAsync(stream, "stream\n");
            Assert.Equal("streaming", await ReadLineAsync(stream));
        }

        Assert.Equal("refused", await AskAsync("stream"));
        Assert.Equal(1, Count("refused"));
        for (var i = 0; i < 2 * Few.Places; i++)
        {
            Assert.Equal("echo x", await AskAsync("x"));
        }
    }

    [Fact]
    public async Task A_stream_ends_when_its_client_leaves()
    {
        Start(Few with { Streams = 1 });
        for (var i = 0; i < 5; i++)
        {
            // The server may see the end of the last one a moment later.
            await EventuallyAsync(async () => await AskAsync("stream") == "streaming");
        }

        Assert.Equal(0, Count("timed-out"));
    }

    [Fact]
    public async Task Accepting_continues_after_a_shortage_of_descriptors()
    {
        var listener = new FailingListener(Listen(), failures: 1);
        Start(Few, listener: listener);
        Assert.Equal("echo x", await AskAsync("x"));
        Assert.Contains(_log.Lines, line => line.Contains("Too many open files; retrying every second", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exception_ends_only_one_client()
    {
        Start(Few, line => line == "bug" ? throw new InvalidOperationException("a bug") : Task.FromResult(line));
        for (var i = 0; i < 2 * Few.Places; i++)
        {
            Assert.Equal("", await AskAsync("bug"));
        }

        Assert.Equal("x", await AskAsync("x"));
    }

    private void Start(ClientLimits limits, Func<string, Task<string>>? answer = null, IClientListener? listener = null) => _server = new ClientServer(
        "test", listener ?? new SocketListener(Listen()), limits, client => ServeAsync(client, answer ?? (line => Task.FromResult("echo " + line))),
        new ClientCounters(_set, "test"), _log);

    private static async Task ServeAsync(Client client, Func<string, Task<string>> answer)
    {
        var buffer = new byte[64];
        var length = 0;
        while (!buffer.AsSpan(0, length).Contains((byte)'\n'))
        {
            var read = await client.ReadAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                return;
            }

            length += read;
        }

        client.BeginAnswer();
        var line = Encoding.ASCII.GetString(buffer, 0, length - 1);
        var isStream = line == "stream" && client.TryBecomeStream();
        await client.WriteAsync(Encoding.ASCII.GetBytes((line == "stream" ? isStream ? "streaming" : "refused" : await answer(line)) + "\n"));
        if (isStream)
        {
            await Task.Delay(Timeout.Infinite, client.End);
        }
    }

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(64);
        _address = socket.LocalEndPoint!;
        return socket;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(socket);
        await socket.ConnectAsync(_address);
        return socket;
    }

    private async Task<string> AskAsync(string line)
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, line + "\n");
        return await ReadLineAsync(socket);
    }

    private static async Task SendAsync(Socket socket, string text)
    {
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        }
        catch (SocketException)
        {
            // It was closed meanwhile.
        }
    }

    /// <returns>Empty when the connection was closed.</returns>
    private static async Task<string> ReadLineAsync(Socket socket)
    {
        try
        {
            using var reader = new StreamReader(new NetworkStream(socket, ownsSocket: false), leaveOpen: false);
            return await reader.ReadLineAsync().WaitAsync(Patience) ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private long Count(string which) => _set.All.Single(counter => counter.Tags[0].Value == which).Value;

    private static Task EventuallyAsync(Func<bool> condition) => EventuallyAsync(() => Task.FromResult(condition()));

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(10);
        }

        Assert.Fail("It does not come about.");
    }

    private sealed class FailingListener(Socket socket, int failures) : IClientListener
    {
        private readonly SocketListener _inner = new(socket);
        private int _left = failures;

        public ValueTask<Stream> AcceptAsync(CancellationToken cancel) =>
            _left-- > 0 ? throw new IOException("Too many open files") : _inner.AcceptAsync(cancel);

        public void Dispose() => _inner.Dispose();
    }
}
