using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Control;
using Culvert.Testing;
using Engine.Tests.Running;

namespace Engine.Tests.Inspection;

/// <summary>RFC 9112, as far as a scraper and a browser need it.</summary>
public sealed class HttpServerTests
{
    private readonly MemoryLogger _log = new();
    private readonly CounterSet _counters = new();

    [Fact]
    public async Task Metrics_are_served_as_text()
    {
        using var rig = Rig.Start(("drop", new ProbeOptions
        {
            Outbound = (context, batch) => batch[0].Drop(context.Counters.DropReason("odd", "Odd.", new KeyValuePair<string, string>("address-family", "a\"b"))),
        }));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(SpinWait.SpinUntil(() => rig.Pipeline.GetStatus().Stages[1].Outbound.Dropped == 1, Rig.Patience));
        await using var server = Start(() => MetricsText.Write(rig.Pipeline.GetStatus(), _counters, 10, "1.0.0"));
        using var client = new HttpClient();
        using var response = await client.GetAsync(Url(server));
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("# TYPE culvert_stage_packets_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("culvert_stage_dropped_packets_total{stage=\"drop\",direction=\"outbound\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "culvert_stage_drops_total{stage=\"drop\",reason=\"odd\",address_family=\"a\\\"b\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("culvert_clients_total{counter=\"http-clients\",event=\"accepted\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_fails_is_logged_and_the_next_is_served()
    {
        var asked = 0;
        await using var server = Start(() => ++asked == 1 ? throw new InvalidOperationException("no figures yet") : "figures");
        using var client = new HttpClient();
        using var failed = await client.GetAsync(Url(server));
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Contains("Warning: A request for /metrics was not answered.", _log.Lines);
        Assert.Equal("figures", await client.GetStringAsync(Url(server)));
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::1]:0")]
    [InlineData("[::]:0")]
    public async Task It_listens_at_any_address(string address)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "needs IPv6");
        await using var server = Start(() => "figures", IPEndPoint.Parse(address));
        Assert.NotNull(server);
        var loopback = address.StartsWith('[') ? "[::1]" : "127.0.0.1";
        using var client = new HttpClient();
        Assert.Equal("figures", await client.GetStringAsync(new Uri($"http://{loopback}:{server.Address.Port}/metrics")));
        if (address == "[::]:0")
        {
            Assert.Equal("figures", await client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Address.Port}/metrics")));
        }
    }

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: gw.example:9100\r\n\r\n", 200)]
    [InlineData("GET /metrics HTTP/1.1\r\nhost: [::1]\r\nAccept: */*\r\n\r\n", 200)]
    [InlineData("GET /metrics HTTP/1.0\r\n\r\n", 200)]
    [InlineData("GET /metrics?x=1 HTTP/1.1\nHost: a\n\n", 200)]
    [InlineData("GET http://gw.example/metrics HTTP/1.1\r\nHost: gw.example\r\n\r\n", 200)]
    [InlineData("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 200)]
    [InlineData("POST /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 405)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    [InlineData("GET http://gw.example HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    [InlineData("GET /metrics HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /metrics HTTP/2.0\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("\r\n\r\n", 400)]
    [InlineData("\u00FF\u0000\r\n\r\n", 400)]
    public async Task Every_request_has_the_answer_that_it_deserves(string request, int status)
    {
        await using var server = Start(() => "figures");
        var answer = await ExchangeAsync(server, request);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 200 && !request.StartsWith("HEAD", StringComparison.Ordinal), answer.EndsWith("\r\n\r\nfigures", StringComparison.Ordinal));
        Assert.Contains($"Content-Length: {(status == 200 ? 7 : 0)}\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_an_end_is_refused()
    {
        await using var server = Start(() => "figures");
        Assert.StartsWith("HTTP/1.1 431 ", await ExchangeAsync(server, "GET /metrics HTTP/1.1\r\n" + new string('x', 8192 - 23)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1:9100", 200)]
    [InlineData("[::1]:9100", 200)]
    [InlineData("::1", 403)]
    [InlineData("rebound.example", 403)]
    [InlineData("localhost.example", 403)]
    [InlineData("010.0.0.1", 403)]
    public async Task A_local_resource_is_for_literal_hosts(string host, int status)
    {
        await using var server = Start(() => "page", isLocal: true);
        Assert.StartsWith($"HTTP/1.1 {status} ", await ExchangeAsync(server, $"GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hundreds_of_idle_scrapers_do_not_block_others()
    {
        await using var server = Start(() => "figures");
        var idle = new List<Socket>();
        for (var i = 0; i < 300; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            idle.Add(socket);
            await socket.ConnectAsync(server.Address);
        }

        using var client = new HttpClient();
        Assert.Equal("figures", await client.GetStringAsync(Url(server)).WaitAsync(Rig.Patience));
        Assert.True(_counters.All.Single(counter => counter.Tags[0].Value == "crowded-out").Value >= 300 - HttpServer.Limits.Places);
        idle.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_port_in_use_is_logged()
    {
        await using var server = Start(() => "figures");
        Assert.Null(HttpServer.TryStart(server.Address, [new HttpRoute("/metrics", "text/plain", () => "")], new ClientCounters(_counters, "http"), _log));
        Assert.Contains(_log.Lines, line => line.StartsWith($"Warning: No metrics at http://{server.Address}/metrics (", StringComparison.Ordinal));
    }

    private HttpServer Start(Func<string> read, IPEndPoint? address = null, bool isLocal = false) => HttpServer.TryStart(
        address ?? new IPEndPoint(IPAddress.Loopback, 0), [new HttpRoute("/metrics", "text/plain", read) { IsLocal = isLocal }],
        new ClientCounters(_counters, "http"), _log)!;

    private static Uri Url(HttpServer server) => new($"http://{server.Address}/metrics");

    private static async Task<string> ExchangeAsync(HttpServer server, string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync().WaitAsync(Rig.Patience);
    }
}
