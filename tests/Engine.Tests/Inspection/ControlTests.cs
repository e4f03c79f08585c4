using System.Net;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Testing;
using Engine.Tests.Running;

namespace Engine.Tests.Inspection;

public sealed class ControlTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-control-").FullName;
    private readonly MemoryLogger _log = new();

    private string Place => Path.Combine(_folder, "deep", "site.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_request_is_answered_with_as_many_objects_as_the_handler_writes()
    {
        await using var server = ControlServer.TryStart([Place], EchoTwiceAsync, _log);
        Assert.Equal(["1", "2"], await AskAsync());
        Assert.Equal(["1", "2"], await AskAsync());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Place));
        }
    }

    [Fact]
    public async Task A_socket_left_behind_is_replaced_and_a_live_one_is_not()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        await File.WriteAllTextAsync(Place, "");
        await using var first = ControlServer.TryStart([Place], EchoTwiceAsync, _log);
        Assert.NotNull(first);
        var second = ControlServer.TryStart([Place], EchoTwiceAsync, _log);
        Assert.Null(second);
        Assert.Contains("another running pipeline has it", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_request_and_what_throws_ends_the_answer_only()
    {
        await using var server = ControlServer.TryStart([Place], (request, _, _) => throw new InvalidOperationException(), _log);
        Assert.Empty(await AskAsync());
        await using var next = ControlServer.TryStart([Place + "2"], EchoTwiceAsync, _log);
        Assert.Equal(["1", "2"], await AskAsync(Place + "2"));
    }

    [Fact]
    public async Task Nobody_there_says_where_was_looked()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => AskAsync());
        Assert.Contains(Place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_removes_the_socket()
    {
        await using (ControlServer.TryStart([Place], EchoTwiceAsync, _log))
        {
            Assert.True(File.Exists(Place));
        }

        Assert.False(File.Exists(Place));
    }

    [Fact]
    public void A_file_leads_to_the_same_place_however_it_is_written()
    {
        Assert.Equal(ControlPath.Candidates("/etc/culvert/site.yaml"), ControlPath.Candidates("/etc/./culvert/site.yaml"));
        Assert.NotEqual(ControlPath.Candidates("/etc/a/site.yaml"), ControlPath.Candidates("/etc/b/site.yaml"));
        Assert.All(
            ControlPath.Candidates("/etc/" + new string('x', 200) + ".yaml"),
            place => Assert.InRange(Path.GetFileName(place).Length, 1, 60));
    }

    [Fact]
    public async Task Metrics_are_served_as_text()
    {
        using var rig = Rig.Start(("drop", new ProbeOptions
        {
            Outbound = (context, batch) => batch[0].Drop(context.Counters.DropReason("odd", "Odd.", new KeyValuePair<string, string>("address-family", "a\"b"))),
        }));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(SpinWait.SpinUntil(() => rig.Pipeline.GetStatus().Stages[1].Outbound.Dropped == 1, Rig.Patience));
        await using var server = StartMetrics(() => MetricsText.Write(rig.Pipeline.GetStatus()), new MemoryLogger(), out var port);
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("# TYPE culvert_stage_packets_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("culvert_stage_dropped_packets_total{stage=\"drop\",direction=\"outbound\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "culvert_stage_drops_total{stage=\"drop\",reason=\"odd\",address_family=\"a\\\"b\"} 1\n", text, StringComparison.Ordinal);
        using var elsewhere = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/other"));
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task A_metrics_request_that_fails_is_logged_and_the_next_is_served()
    {
        var log = new MemoryLogger();
        var asked = 0;
        string Read() => ++asked == 1 ? throw new InvalidOperationException("no figures yet") : "figures";
        await using var server = StartMetrics(Read, log, out var port);
        using var client = new HttpClient();
        var url = new Uri($"http://127.0.0.1:{port}/metrics");
        using var failed = await client.GetAsync(url);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Contains("Warning: A request for metrics was not answered.", log.Lines);
        Assert.Equal("figures", await client.GetStringAsync(url));
    }

    [Fact]
    public void A_status_as_JSON_holds_what_the_reference_says()
    {
        using var rig = Rig.Start(("a", new ProbeOptions()));
        var json = StatusJson.Write(rig.Pipeline.GetStatus());
        Assert.Equal(["uptime-seconds", "lanes", "mtu", "leases-in-use", "lease-capacity", "stages", "inspection"], json.Select(pair => pair.Key));
        Assert.Equal(
            ["id", "stage", "mtu", "faults", "bypassed", "when", "outbound", "inbound", "held", "rented", "released", "counters", "details"],
            json["stages"]![0]!.AsObject().Select(pair => pair.Key));
    }

    private static MetricsServer StartMetrics(Func<string> read, MemoryLogger log, out int port)
    {
        // The listener takes no port 0; one that was free a moment ago usually still is.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var address = new IPEndPoint(IPAddress.Loopback, port);
            if (MetricsServer.TryStart(address, read, log) is { } server)
            {
                return server;
            }
        }

        throw new InvalidOperationException("no free port");
    }

    private static async Task EchoTwiceAsync(JsonObject request, Func<JsonObject, Task> reply, CancellationToken cancel)
    {
        await reply(new JsonObject { ["n"] = "1" });
        await reply(new JsonObject { ["n"] = "2" });
    }

    private async Task<List<string>> AskAsync(string? place = null)
    {
        var answers = new List<string>();
        using var limit = new CancellationTokenSource(Rig.Patience);
        await foreach (var answer in ControlClient.AskAsync([place ?? Place], new JsonObject { ["request"] = "x" }, limit.Token))
        {
            answers.Add(answer["n"]!.ToString());
        }

        return answers;
    }
}
