using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Control;
using Culvert.Testing;
using Culvert.Tests.Support;
using Engine.Tests.Running;

namespace Engine.Tests.Inspection;

public sealed class ControlTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-control-").FullName;
    private readonly MemoryLogger _log = new();
    private readonly CounterSet _counters = new();

    private string Place => Path.Combine(_folder, "deep", "site.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_request_is_answered_with_as_many_objects_as_the_handler_writes()
    {
        await using var server = Start();
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
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(Place + ".old"));
            File.Move(Place + ".old", Place);
        }

        Assert.True(File.Exists(Place));
        await using var first = Start();
        Assert.NotNull(first);
        var second = Start();
        Assert.Null(second);
        Assert.Contains(_log.Lines, line => line.Contains("another running process serves it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_path_that_is_not_a_socket_is_left_alone()
    {
        Requires.Linux();
        Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        await File.WriteAllTextAsync(Place, "notes");
        Assert.Null(Start());
        Assert.Equal("notes", await File.ReadAllTextAsync(Place));
        Assert.Contains(_log.Lines, line => line.Contains("the path exists and is not a socket; name another one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Closing_deletes_no_file_that_took_the_place_of_the_socket()
    {
        Requires.Linux();
        await using (Start())
        {
            File.Delete(Place);
            await File.WriteAllTextAsync(Place, "notes");
        }

        Assert.Equal("notes", await File.ReadAllTextAsync(Place));
    }

    /// <summary>The modes of the socket and of its folders let everybody in: only the check of the client's user is left.</summary>
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_client_of_another_user_is_refused_wherever_the_socket_lies()
    {
        Requires.Root();
        Requires.Tool("python3");
        var asked = 0;
        await using var server = Start(request => Interlocked.Increment(ref asked) > 0 ? EchoTwiceAsync(request) : Task.CompletedTask);
        const UnixFileMode everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_folder, everybody);
        File.SetUnixFileMode(Path.GetDirectoryName(Place)!, everybody);
        File.SetUnixFileMode(Place, everybody | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);

        Assert.Equal("connected, nothing", await AskAsUserAsync("65534"));
        Assert.Equal(0, asked);
        Assert.Equal(1, Count("refused"));
        // The same program as a user who may.
        Assert.Equal("connected, {\"n\":\"1\"}", await AskAsUserAsync("0"));
    }

    [Fact]
    public async Task Clients_with_incomplete_requests_do_not_block_others()
    {
        Requires.Linux();
        await using var server = Start();
        var idle = new List<Socket>();
        for (var i = 0; i < 300; i++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            idle.Add(socket);
            await ConnectAsync(socket);
            await socket.SendAsync("{\"requ"u8.ToArray());
        }

        Assert.Equal(["1", "2"], await AskAsync());
        idle.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task An_invalid_request_or_an_exception_ends_only_the_answer()
    {
        await using var server = Start(_ => throw new InvalidOperationException());
        Assert.Empty(await AskAsync());
        await using var next = Start(place: Place + "2");
        Assert.Equal(["1", "2"], await AskAsync(Place + "2"));
    }

    [Theory]
    [InlineData("]", "one JSON object")]
    [InlineData("[]", "one JSON object")]
    [InlineData("null", "one JSON object")]
    [InlineData("{\"request\":1,\"request\":2}", "one JSON object")]
    [InlineData("{\"request\":7}", "'request' has the wrong type")]
    [InlineData("{\"request\":{}}", "'request' has the wrong type")]
    public async Task A_wrong_request_is_answered_with_the_reason(string line, string reason)
    {
        Requires.Linux();
        await using var server = Start(request => request.ReplyAsync(new JsonObject { ["n"] = request.Value<string>("request") }));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await ConnectAsync(socket);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
        using var reader = new StreamReader(new NetworkStream(socket));
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains(reason, JsonNode.Parse(answer)!["error"]!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, written => written.Contains("not answered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_pipeline_reports_the_places_searched()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => AskAsync());
        Assert.Contains(Place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_removes_the_socket()
    {
        await using (Start())
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
    public void The_JSON_status_matches_its_reference()
    {
        using var rig = Rig.Start(("a", new ProbeOptions()));
        var json = StatusJson.Write(rig.Pipeline.GetStatus());
        Assert.Equal(["uptime-seconds", "lanes", "mtu", "leases-in-use", "lease-capacity", "stages", "inspection", "clients"], json.Select(pair => pair.Key));
        Assert.Equal(
            [
                "id", "stage", "mtu", "mtu-derivation", "above", "below", "overhead", "faults", "last-fault", "bypassed", "when", "shadow", "outbound", "inbound", "held", "rented",
                "released", "counters", "details",
            ],
            json["stages"]![0]!.AsObject().Select(pair => pair.Key));
    }

    private ControlServer? Start(ControlServer.ControlHandler? handler = null, string? place = null) =>
        ControlServer.TryStart([place ?? Place], handler ?? EchoTwiceAsync, new ClientCounters(_counters, "control"), _log);

    private static async Task EchoTwiceAsync(ControlRequest request)
    {
        await request.ReplyAsync(new JsonObject { ["n"] = "1" });
        await request.ReplyAsync(new JsonObject { ["n"] = "2" });
    }

    private long Count(string tag) => _counters.All.Single(counter => counter.Tags[0].Value == tag).Value;

    private async Task<string> AskAsUserAsync(string user)
    {
        const string Client = """
            import os, socket, sys
            os.setgroups([])
            os.setresuid(*[int(sys.argv[2])] * 3)
            s = socket.socket(socket.AF_UNIX)
            s.connect(sys.argv[1])
            try:
                s.sendall(b'{"request":"x"}\n')
                answer = s.makefile().readline().strip()
            except ConnectionError:
                answer = ""
            print("connected,", answer or "nothing")
            """;
        using var client = Process.Start(new ProcessStartInfo("python3", ["-c", Client, Place, user]) { RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return (await client.StandardOutput.ReadToEndAsync(limit.Token)).Trim();
    }

    // The queue of connections that wait to be accepted is bounded too.
    private async Task ConnectAsync(Socket socket)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Place));
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.WouldBlock)
            {
                await Task.Delay(10);
            }
        }

        Assert.Fail("The server does not accept.");
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
