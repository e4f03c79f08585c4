using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Culvert.Host.Commands;
using Culvert.Host.Output;
using Culvert.Host.Run;

namespace Tools.Tests.Output;

/// <summary>Commands about the program and what runs: version, help, list, and how reload reports.</summary>
public sealed class ProgramCommandTests
{
    [Fact]
    public async Task Version_is_the_one_of_the_build()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Directory.Build.props")))
        {
            root = root.Parent!;
        }

        var version = XDocument.Load(Path.Combine(root.FullName, "Directory.Build.props")).Descendants("Version").Single().Value;
        var (code, output, _) = await CommandLine.Run("version");

        Assert.Equal(0, code);
        Assert.Matches($@"^culvert {Regex.Escape(version)}\ncommit \w+\ncontract \d+\.\d+\n\.NET \S+, \S+\n$", output);
    }

    [Fact]
    public async Task Help_of_a_command_is_what_its_help_option_prints()
    {
        var help = await CommandLine.Run("help", "reload");
        var option = await CommandLine.Run("reload", "--help");

        Assert.Contains("reload [<FILE>]", help.Output, StringComparison.Ordinal);
        Assert.Equal(option, help);
    }

    [Fact]
    public async Task Help_of_an_unknown_command_is_an_error()
    {
        var (code, output, error) = await CommandLine.Run("help", "relaod");

        Assert.Equal((2, ""), (code, output));
        Assert.Equal("culvert help: 'relaod' is not a command; 'culvert help' lists them\n", error);
    }

    [Fact]
    public void List_shows_what_runs()
    {
        var output = new StringWriter { NewLine = "\n" };
        ListCommand.Write(
            [
                new JsonObject { ["file"] = "/etc/culvert/a.yaml", ["process"] = 12, ["uptime-seconds"] = 59.9, ["control"] = "/run/culvert/a.sock" },
                new JsonObject { ["file"] = "/etc/culvert/b.yaml", ["process"] = 3456, ["uptime-seconds"] = 93_784.0, ["control"] = "/run/culvert/b.sock" },
            ],
            output);

        Assert.Equal(
            "file                 process            up  control socket\n"
            + "/etc/culvert/a.yaml       12      00:00:59  /run/culvert/a.sock\n"
            + "/etc/culvert/b.yaml     3456  1 d 02:03:04  /run/culvert/b.sock\n",
            output.ToString());
    }

    [Theory]
    [InlineData(ReloadReport.Applied, 0)]
    [InlineData(ReloadReport.Reopened, 0)]
    [InlineData(ReloadReport.Refused, 2)]
    [InlineData(ReloadReport.Failed, 1)]
    public void A_reloads_outcome_is_its_exit_code(string outcome, int code)
    {
        var answer = new ReloadReport(outcome, []) { Reason = "the port is in use", Remedy = "stop what uses it" }.ToJson();
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };

        Assert.Equal(code, ReloadCommand.Write(RunControl.Check, answer, OutputFormat.Text, output, error));
        Assert.Equal(code == 0, error.ToString().Length == 0);
        if (outcome == ReloadReport.Failed)
        {
            Assert.Equal("culvert check: the port is in use; stop what uses it\n", error.ToString());
        }
    }
}
