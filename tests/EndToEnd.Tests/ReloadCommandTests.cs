using System.Text.Json.Nodes;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary><c>culvert reload</c> waits, says what happened, and returns it as its exit code.</summary>
public sealed class ReloadCommandTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void It_waits_and_returns_what_became_of_the_file()
    {
        using var sites = TwoSites.Start(pings: false);
        var file = File.ReadAllText(sites.LeftFile);

        File.WriteAllText(sites.LeftFile, file.Replace("- stage: mss-clamp", "- {stage: mss-clamp, mss: 1300}", StringComparison.Ordinal));
        Assert.Equal(
            "Reloaded: kept tun, checksum-guard, encrypt, udp; changed mss-clamp; added none; removed none.\n", Reload(sites).Succeeded());

        File.WriteAllText(sites.LeftFile, file.Replace("- stage: mss-clamp", "- stage: mss-clam", StringComparison.Ordinal));
        var refused = Reload(sites);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("error CV", refused.Error, StringComparison.Ordinal);
        Assert.Contains("mss-clamp", refused.Error, StringComparison.Ordinal);
        Assert.Contains("the running pipeline is unchanged", refused.Error, StringComparison.Ordinal);

        // Nobody's address here.
        File.WriteAllText(sites.LeftFile, file.Replace("listen: 127.0.0.1", "listen: 203.0.113.9", StringComparison.Ordinal));
        var failed = Reload(sites);
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("203.0.113.9", failed.Error, StringComparison.Ordinal);

        File.WriteAllText(sites.LeftFile, file);
        var json = JsonNode.Parse(Reload(sites, "--format", "json").Succeeded())!;
        Assert.Equal("applied", (string?)json["outcome"]);
        Assert.False(sites.Left.HasExited, sites.Left.Said);
    }

    [Fact]
    public void A_check_by_the_running_pipeline_says_what_a_reload_would_and_changes_nothing()
    {
        using var sites = TwoSites.Start(pings: false);
        var file = File.ReadAllText(sites.LeftFile);
        File.WriteAllText(sites.LeftFile, file.Replace("- stage: mss-clamp", "- {stage: mss-clamp, mss: 1300}", StringComparison.Ordinal));
        Assert.Equal("The file is valid; the running pipeline is unchanged.\n", Ask(sites, "check", "--running").Succeeded());

        File.WriteAllText(sites.LeftFile, file.Replace("- stage: mss-clamp", "- stage: mss-clam", StringComparison.Ordinal));
        var refused = Ask(sites, "check", "--running");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("error CV1201", refused.Error, StringComparison.Ordinal);
        Assert.Equal("refused", (string?)JsonNode.Parse(Ask(sites, "check", "--running", "--format", "json").Output)!["outcome"]);

        // The environment is that of the program that runs, not that of the command.
        File.WriteAllText(sites.LeftFile, file.Replace("- stage: mss-clamp", "- {stage: mss-clamp, when: \"tcp port ${CULVERT_TEST_LATE}\"}", StringComparison.Ordinal));
        var late = sites.LeftSpace.TryRun(_limit, "env", "CULVERT_TEST_LATE=443", CulvertProgram.Path, "check", "--running", sites.LeftFile);
        Assert.Equal(2, late.ExitCode);
        Assert.Contains("the environment variable 'CULVERT_TEST_LATE' is not set", late.Error, StringComparison.Ordinal);

        File.WriteAllText(sites.LeftFile, file);
        Assert.Equal("Reloaded: kept tun, mss-clamp, checksum-guard, encrypt, udp; changed none; added none; removed none.\n", Reload(sites).Succeeded());
    }

    [Fact]
    public void A_stop_closes_the_pipeline_and_returns_when_all_is_closed()
    {
        using var sites = TwoSites.Start(pings: false);
        Assert.Equal("Stopped.\n", Ask(sites, "stop").Succeeded());
        Assert.False(TwoSites.HasDevice(sites.LeftSpace));
        Assert.Equal(0, sites.Left.WaitForExit(_limit));
        Assert.Contains("Closing, as asked", sites.Left.Error, StringComparison.Ordinal);
        Assert.Equal(1, Ask(sites, "stop").ExitCode);
    }

    [Theory]
    [InlineData("reload")]
    [InlineData("stop")]
    [InlineData("check", "--running")]
    public void Without_a_running_pipeline_it_fails(params string[] command)
    {
        Requires.Linux();
        using var program = new RunningProgram(System.Diagnostics.Process.Start(CulvertProgram.StartInfo([.. command, "/nowhere/site.yaml"]))!);

        Assert.Equal(1, program.WaitForExit(_limit));
        Assert.Contains("no running pipeline answers", program.Error, StringComparison.Ordinal);
    }

    private static CommandResult Reload(TwoSites sites, params string[] more) => Ask(sites, ["reload", .. more]);

    private static CommandResult Ask(TwoSites sites, params string[] command) =>
        sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, [.. command, sites.LeftFile]);
}
