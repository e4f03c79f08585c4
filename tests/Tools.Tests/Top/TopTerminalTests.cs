using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Control;
using Culvert.Testing;
using Culvert.Tests.Support;
using Tools.Tests.Output;

namespace Tools.Tests.Top;

/// <summary><c>culvert top</c> on a terminal that <c>script</c> of util-linux makes.</summary>
public sealed class TopTerminalTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);

    private readonly ScratchFolder _folder = new();
    private readonly StringBuilder _shown = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("q")]
    [InlineData("\u0003")] // the terminal makes SIGINT of it
    [InlineData("TERM")]
    public async Task The_terminal_is_given_back_at_any_end(string end)
    {
        Requires.Linux();
        Requires.Tool("script");
        var place = _folder.File("top.sock");
        var status = StatusTextTests.Status(StatusTextTests.Up("paris", 1));
        await using var server = ControlServer.TryStart(
            [place], request => request.ReplyAsync(status), new ClientCounters(new CounterSet(), "control"), new MemoryLogger());
        using var terminal = Start($"exec {Path.Combine(Path.GetDirectoryName(CommandLine.Plugins)!, "culvert")} top {place}");
        await ReadUntilAsync(terminal, "paris");
        Type(terminal, "?");
        await ReadUntilAsync(terminal, "Show this help");
        if (end == "TERM")
        {
            var child = File.ReadAllText($"/proc/{terminal.Id}/task/{terminal.Id}/children").Trim();
            using var kill = Process.Start("kill", ["-TERM", child]);
            await kill.WaitForExitAsync().WaitAsync(_limit);
        }
        else
        {
            Type(terminal, end);
        }

        _shown.Append(await terminal.StandardOutput.ReadToEndAsync().WaitAsync(_limit));
        await terminal.WaitForExitAsync().WaitAsync(_limit);
        Assert.Equal(0, terminal.ExitCode);
        var shown = _shown.ToString();
        Assert.Single(shown.Split("\u001b[?1049h")[1..]);
        var after = Assert.Single(shown.Split("\u001b[?7h\u001b[?25h\u001b[?1049l")[1..]);
        Assert.DoesNotContain("paris", after, StringComparison.Ordinal);
    }

    private static Process Start(string command) => Process.Start(new ProcessStartInfo("script", ["-qec", command, "/dev/null"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment = { ["TERM"] = "xterm", ["SHELL"] = "/bin/sh", ["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()) },
    })!;

    private static void Type(Process terminal, string keys)
    {
        terminal.StandardInput.Write(keys);
        terminal.StandardInput.Flush();
    }

    private async Task ReadUntilAsync(Process terminal, string text)
    {
        var buffer = new char[4096];
        while (!_shown.ToString().Contains(text, StringComparison.Ordinal))
        {
            var read = await terminal.StandardOutput.ReadAsync(buffer).AsTask().WaitAsync(_limit);
            Assert.True(read > 0, $"ended before '{text}' was shown: {_shown}");
            _shown.Append(buffer, 0, read);
        }
    }
}
