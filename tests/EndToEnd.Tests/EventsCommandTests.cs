using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary><c>culvert events</c> on a running pipeline, and the script of the page about it.</summary>
public sealed partial class EventsCommandTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void Events_are_reported_as_they_happen_and_the_documented_script_runs_commands()
    {
        using var sites = TwoSites.Start();
        using var follow = new RunningProgram(sites.LeftSpace.Start(CulvertProgram.Path, "events", sites.LeftFile, "--follow", "--format", "json"));
        Eventually.True(() => Find(follow, "peer-up") is not null, _limit, () => follow.Said);
        Assert.Equal("encrypt", (string?)Find(follow, "peer-up")!["source"]);
        Assert.Equal(44, ((string?)Find(follow, "peer-up")!["fields"]!["public-key"])!.Length);

        // What happened before the script is started is an event for it too.
        var script = WriteScript(sites);
        using var hook = new RunningProgram(sites.LeftSpace.Start(
            "env", $"PATH={Path.GetDirectoryName(CulvertProgram.Path)}:{Environment.GetEnvironmentVariable("PATH")}", "sh", script, sites.LeftFile));
        Eventually.True(() => sites.LeftSpace.Run("ip route show 192.0.2.0/24").Contains("culvert0", StringComparison.Ordinal), _limit, () => hook.Said);

        var file = File.ReadAllText(sites.LeftFile);
        File.WriteAllText(sites.LeftFile, file.Replace("- stage: mss-clamp", "- {stage: mss-clamp, mss: 1300}", StringComparison.Ordinal));
        sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, "reload", sites.LeftFile).Succeeded();
        Eventually.True(() => Find(follow, "reloaded") is not null, _limit, () => follow.Said);
        Assert.Equal("""["mss-clamp"]""", Find(follow, "reloaded")!["fields"]!["report"]!["changed"]!.ToJsonString());

        var past = sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, "events", sites.LeftFile).Succeeded();
        Assert.All(["running culvert Running ", "peer-up encrypt peer ", "reloaded culvert Reloaded "], words => Assert.Matches($@"(?m)^\S+ {words}", past));

        sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, "stop", sites.LeftFile).Succeeded();
        Assert.Equal(0, follow.WaitForExit());
        hook.WaitForExit();
        Assert.Equal(1, sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, "events", sites.LeftFile).ExitCode);
    }

    private static string WriteScript(TwoSites sites)
    {
        var page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs/how-to/run-commands-on-events.md"));
        var script = Path.Combine(Path.GetDirectoryName(sites.LeftFile)!, "on-event");
        File.WriteAllText(script, Script().Match(page).Groups["script"].Value);
        return script;
    }

    private static JsonNode? Find(RunningProgram events, string name) => events.Output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).FirstOrDefault(line => (string?)line["event"] == name);

    [GeneratedRegex("```sh\n(?<script>#!/bin/sh\n.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Script();
}
