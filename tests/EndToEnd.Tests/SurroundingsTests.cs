using System.Diagnostics;
using System.Text.Json.Nodes;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>What the program stands on goes away: its outputs, its terminal, the disk, the temporary folder, time.</summary>
public sealed class SurroundingsTests : IDisposable
{
    private readonly TroubleSite _site = new TroubleSite().Write();

    public SurroundingsTests() => Requires.Linux();

    private string Log => Path.Combine(_site.Folder, "log");

    private string LogText => File.Exists(Log) ? File.ReadAllText(Log) : "";

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData(">pipe 2>log")]
    [InlineData(">log 2>pipe")]
    [InlineData(">pipe 2>&1")]
    public void An_output_whose_reader_has_gone_ends_nothing(string outputs)
    {
        _site.StartShell($"cd \"${{file%/*}}\"; mkfifo pipe; true <pipe & exec \"$culvert\" run \"$file\" {outputs}");
        WaitForTraffic();
        _site.Program.Signal("TERM");

        Assert.Equal(0, _site.Program.WaitForExit());
        Assert.DoesNotContain("   at ", _site.Program.Said + LogText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_ends_nothing()
    {
        Requires.Root();
        _site.StartShell(
            "cd \"${file%/*}\"; mkdir full; mount -t tmpfs -o size=8k none full; head -c 8192 /dev/zero >full/all; exec \"$culvert\" run \"$file\" >full/all2 2>full/all3",
            "unshare", "-m");
        WaitForTraffic();
        _site.Program.Signal("HUP");
        WaitForTraffic();
        _site.Program.Signal("TERM");

        Assert.Equal(0, _site.Program.WaitForExit());
    }

    [Theory]
    [InlineData("\"$culvert\" schema >full/all2")]
    [InlineData("\"$culvert\" check \"$file\" >full/all2")]
    public void A_command_says_that_the_disk_is_full(string command)
    {
        Requires.Root();
        _site.StartShell(
            $"cd \"${{file%/*}}\"; mkdir full; mount -t tmpfs -o size=8k none full; head -c 8192 /dev/zero >full/all; {command}", "unshare", "-m");

        Assert.Equal(1, _site.Program.WaitForExit());
        Assert.Contains("error: No space left on device", _site.Program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _site.Program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_without_a_place_to_write_to_ends_nothing()
    {
        Requires.Root();
        _site.StartShell(
            "awk '{print $5}' /proc/self/mountinfo | sort -r | while read place; do mount -o remount,bind,ro \"$place\" 2>&-; done; exec \"$culvert\" run \"$file\"",
            "unshare", "-m");
        _site.WaitFor("Running ");

        Assert.Contains("No control socket", _site.Program.Error, StringComparison.Ordinal);
        _site.Program.Signal("TERM");
        Assert.Equal(0, _site.Program.WaitForExit());
        Assert.Matches(@"answers +[1-9]|answers: +[1-9]|[1-9]\d* answers", _site.Program.Output);
    }

    [Fact]
    public void A_temporary_folder_that_does_not_exist_ends_nothing()
    {
        _site.StartShell("TMPDIR=/nowhere exec \"$culvert\" run \"$file\"");
        WaitForTraffic();
        _site.Program.Signal("TERM");

        Assert.Equal(0, _site.Program.WaitForExit());
    }

    [Fact]
    public void The_demo_says_that_it_has_no_temporary_folder()
    {
        _site.StartShell("TMPDIR=/nowhere exec \"$culvert\" demo");

        Assert.Equal(1, _site.Program.WaitForExit());
        Assert.Equal(
            "error: the demo cannot write to the temporary folder '/nowhere/'; set TMPDIR to a folder that exists and that this user may write to\n",
            _site.Program.Error);
    }

    [Fact]
    public void A_process_that_was_suspended_goes_on()
    {
        _site.Start();
        WaitForTraffic();
        _site.Program.Signal("STOP");
        // Longer than any time limit for a stage at work.
        Thread.Sleep(TimeSpan.FromSeconds(11));
        _site.Program.Signal("CONT");
        WaitForTraffic();
        _site.Program.Signal("TERM");

        Assert.Equal(0, _site.Program.WaitForExit());
        Assert.DoesNotContain("threw", _site.Program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("did not", _site.Program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_terminal_ends_it_and_a_hangup_signal_alone_reloads()
    {
        Requires.Tool("script");
        _site.StartShell("exec script -qfec 'cd \"${file%/*}\"; echo $$ >pid; exec \"$culvert\" run \"$file\" 2>log' /dev/null");
        WaitForTraffic();
        var culvert = int.Parse(File.ReadAllText(Path.Combine(_site.Folder, "pid")), System.Globalization.CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(culvert);
        using (var kill = Process.Start("kill", ["-HUP", $"{culvert}"]))
        {
            kill.WaitForExit();
        }

        Eventually.True(() => LogText.Contains("Reloaded", StringComparison.Ordinal), TroubleSite.Limit, () => LogText);
        WaitForTraffic();
        _site.Program.Signal("KILL");

        Eventually.True(() => LogText.Contains("Closed.", StringComparison.Ordinal), TroubleSite.Limit, () => LogText);
        Assert.True(process.WaitForExit(TroubleSite.Limit), LogText);
        Assert.DoesNotContain("   at ", LogText, StringComparison.Ordinal);
    }

    // As `culvert status` counts them: more than a moment ago.
    private void WaitForTraffic()
    {
        long? before = null;
        Eventually.True(
            () =>
            {
                var now = Status() is { } status ? Answers(status) : null;
                before ??= now;
                return now > before;
            },
            TroubleSite.Limit,
            () => $"No traffic.\n{_site.Program.Said}{LogText}");
    }

    private JsonNode? Status()
    {
        using var status = new RunningProgram(Process.Start(CulvertProgram.StartInfo("status", "--format", "json", _site.File))!);
        return status.WaitForExit() == 0 ? JsonNode.Parse(status.Output) : null;
    }

    private static long? Answers(JsonNode status) => (long?)status["stages"]?[0]?["counters"]?.AsArray()
        .FirstOrDefault(counter => (string?)counter!["name"] == "answers")?["value"];
}
