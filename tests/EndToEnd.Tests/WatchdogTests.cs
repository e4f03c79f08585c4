using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>The service manager's watchdog while a reload closes the pipeline and opens it again.</summary>
public sealed class WatchdogTests : IDisposable
{
    // A manager with a watchdog of this time would end the program; it is fed four times as often.
    private static readonly TimeSpan _watchdog = TimeSpan.FromSeconds(2);

    private readonly TroubleSite _site = new TroubleSite().Write();
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public WatchdogTests() => Requires.Linux();

    public void Dispose()
    {
        _site.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Each_step_feeds_it_and_then_the_pipeline_that_was_opened()
    {
        Start(null);
        using var reload = Reopen();
        ReadUntil("RELOADING=1");

        // Three stages in four lanes are constructed, however quickly.
        Assert.InRange(ReadUntil("READY=1"), 12, int.MaxValue);
        ReadUntil("WATCHDOG=1");
        Assert.Equal(0, reload.WaitForExit());
    }

    [Fact]
    public void A_stage_that_hangs_while_it_is_opened_again_lets_it_expire()
    {
        Start("the stage's constructor=hang-later");
        using var reload = Reopen();
        ReadUntil("RELOADING=1");

        // Not long after the hang began; without it there is never such a pause.
        var limit = Stopwatch.StartNew();
        while (Read(_watchdog) is not null)
        {
            Assert.True(limit.Elapsed < TroubleSite.Limit, "The watchdog is fed without progress.");
        }

        Assert.False(_site.Program.HasExited, _site.Program.Said);
    }

    private void Start(string? trouble)
    {
        var path = Path.Combine(_site.Folder, "notify");
        _manager.Bind(new UnixDomainSocketEndPoint(path));
        var start = CulvertProgram.StartInfo("run", _site.File);
        start.Environment["NOTIFY_SOCKET"] = path;
        start.Environment["WATCHDOG_USEC"] = $"{_watchdog.TotalMicroseconds:0}";
        _site.Start(start, trouble).WaitFor("Inside the tunnel");
        ReadUntil("READY=1");
        ReadUntil("WATCHDOG=1");
    }

    // The number of lanes is nothing that can be set while packets flow.
    private RunningProgram Reopen()
    {
        File.AppendAllText(_site.File, "\nlanes: 4\n");
        return new RunningProgram(Process.Start(CulvertProgram.StartInfo("reload", _site.File))!);
    }

    /// <returns>How often the watchdog was fed before.</returns>
    private int ReadUntil(string report)
    {
        var limit = Stopwatch.StartNew();
        for (var fed = 0; ;)
        {
            var read = Read(TroubleSite.Limit);
            if (read?.StartsWith(report, StringComparison.Ordinal) == true)
            {
                return fed;
            }

            fed += read == "WATCHDOG=1" ? 1 : 0;
            Assert.True(limit.Elapsed < TroubleSite.Limit, $"No {report}.\n{_site.Program.Said}");
        }
    }

    private string? Read(TimeSpan wait)
    {
        var buffer = new byte[1024];
        _manager.ReceiveTimeout = (int)wait.TotalMilliseconds;
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, _manager.Receive(buffer));
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return null;
        }
    }
}
