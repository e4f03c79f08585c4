using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Host.Output;
using Culvert.Host.Run;
using Culvert.Tests.Support;

namespace Tools.Tests.Run;

public sealed class ServiceManagerTests
{
    private static readonly DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Every_report_is_an_sd_notify_datagram()
    {
        Requires.Linux();
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Path, "notify");
        using var manager = Listen(path);
        using var reports = new ServiceManager(path, "20000000");

        Assert.Equal(TimeSpan.FromSeconds(20), reports.WatchdogTimeout);
        reports.Ready();
        Assert.Equal("READY=1", Read(manager));
        reports.Reloading();
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]{6,}$", Read(manager));
        reports.Status("two\nlines");
        Assert.Equal("STATUS=two lines", Read(manager));
        reports.Alive();
        Assert.Equal("WATCHDOG=1", Read(manager));
        reports.Stopping();
        Assert.Equal("STOPPING=1", Read(manager));
    }

    [Fact]
    public void An_abstract_socket_is_found()
    {
        Requires.Linux();
        var name = $"culvert-test-{Guid.NewGuid():N}";
        using var manager = Listen("\0" + name);
        using var reports = new ServiceManager("@" + name, null);

        reports.Ready();

        Assert.Equal("READY=1", Read(manager));
    }

    [Fact]
    public void Without_a_manager_or_when_it_is_gone_nothing_happens()
    {
        Requires.Linux();
        using var none = new ServiceManager(null, null);
        Assert.False(none.IsPresent);
        none.Ready();
        using var gone = new ServiceManager("/nowhere/notify", "x");
        Assert.Null(gone.WatchdogTimeout);
        gone.Ready();
    }

    [Theory]
    [InlineData("9:42", "socket:[42]", true)]
    [InlineData("9:42", "socket:[43]", false)]
    [InlineData("9:42", "pipe:[42]", false)]
    [InlineData(null, "socket:[42]", false)]
    [InlineData("42", "socket:[42]", false)]
    public void Standard_error_is_the_journal_when_both_name_one_socket(string? variable, string target, bool expected) =>
        Assert.Equal(expected, JournalStream.Matches(variable, target));

    [Fact]
    public void The_status_line_counts_the_peers_with_a_session()
    {
        var details = new JsonObject
        {
            ["peers"] = new JsonArray(
                new JsonObject { ["latest-handshake"] = _now.AddSeconds(-100).ToString("O") },
                new JsonObject { ["latest-handshake"] = _now.AddSeconds(-200).ToString("O") },
                new JsonObject { ["latest-handshake"] = null },
                new JsonObject { ["state"] = "up" },
                new JsonObject { ["state"] = 5, ["latest-handshake"] = new JsonArray() }),
        };

        Assert.Equal("Running: 2 of 5 peers up", ServiceHeartbeat.Summarize([null, details], _now));
        Assert.Equal("Running", ServiceHeartbeat.Summarize([null, new JsonObject()], _now));
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static string Read(Socket socket)
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
