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
    public void Without_a_running_pipeline_it_fails()
    {
        Requires.Linux();
        using var program = new RunningProgram(System.Diagnostics.Process.Start(CulvertProgram.StartInfo("reload", "/nowhere/site.yaml"))!);

        Assert.Equal(1, program.WaitForExit(_limit));
        Assert.Contains("no running pipeline answers", program.Error, StringComparison.Ordinal);
    }

    private static CommandResult Reload(TwoSites sites, params string[] more) =>
        sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, ["reload", sites.LeftFile, .. more]);
}
