using System.Text.Json.Nodes;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>What a person does to a site that runs: ask it, watch packets in it, change its file.</summary>
public sealed class RunningPipelineTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void Status_shows_stages_peers_and_counters()
    {
        using var sites = TwoSites.Start();
        var text = Ask(sites, "status", sites.LeftFile).Succeeded();
        Assert.Contains("checksum-guard", text, StringComparison.Ordinal);
        Assert.Contains("device: culvert0", text, StringComparison.Ordinal);

        var json = JsonNode.Parse(Ask(sites, "status", sites.LeftFile, "--format", "json").Succeeded())!;
        Assert.Equal(sites.LeftFile, json["file"]!.ToString());
        Assert.Equal(
            ["tun", "mss-clamp", "checksum-guard", "encrypt", "udp"], json["stages"]!.AsArray().Select(stage => stage!["id"]!.ToString()));
        Assert.True((long)json["stages"]![0]!["outbound"]!["packets-in"]! > 0);

        var rates = Ask(sites, "top", sites.LeftFile, "--count", "1", "--interval", "0.2").Succeeded();
        Assert.Contains("packets/s", rates, StringComparison.Ordinal);
    }

    [Fact]
    public void Status_of_a_stopped_pipeline_reports_the_places_searched()
    {
        using var sites = TwoSites.Start(pings: false);
        sites.Left.Signal("TERM");
        sites.Left.WaitForExit();
        var result = Ask(sites, "status", sites.LeftFile);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no running pipeline answers at", result.Error, StringComparison.Ordinal);
        Assert.Contains("there is no such socket", result.Error, StringComparison.Ordinal);
        Assert.Contains("start one with 'culvert run'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_shows_a_packet_stage_by_stage()
    {
        using var sites = TwoSites.Start();
        var tracing = Task.Run(() => Ask(sites, "trace", "--file", sites.LeftFile, "--count", "2", "--seconds", "15", "icmp"));
        Eventually.True(() => sites.Ping() && tracing.IsCompleted, _limit, () => "The trace does not end.");
        var text = (await tracing).Succeeded();
        Assert.Contains("ICMP echo request", text, StringComparison.Ordinal);
        Assert.Matches("encrypt +ip, 84 bytes → datagram, 128 bytes", text);
    }

    [Fact]
    public void A_condition_lets_packets_pass_by_a_stage()
    {
        using var sites = TwoSites.Start("  - {stage: mss-clamp, id: web, when: tcp port 443}\n  - {stage: mss-clamp, id: echo, when: icmp}");
        Assert.True(sites.Ping());
        var text = Ask(sites, "status", sites.LeftFile).Succeeded();
        Assert.Matches("when tcp port 443: 0 matched, [1-9][0-9]* passed by outbound; 0 matched, [1-9][0-9]* passed by inbound", text);
        Assert.Matches("when icmp: [1-9][0-9]* matched, [0-9]+ passed by outbound; [1-9][0-9]* matched, [0-9]+ passed by inbound", text);
    }

    [Fact]
    public async Task A_reload_keeps_packets_flowing_and_an_invalid_file_changes_nothing()
    {
        using var sites = TwoSites.Start();
        var ping = Task.Run(() => sites.LeftSpace.TryRun($"ping -n -q -i 0.01 -c 200 {TwoSites.RightAddress}"));
        var file = File.ReadAllText(sites.LeftFile);
        for (var mss = 1300; mss < 1303; mss++)
        {
            File.WriteAllText(
                sites.LeftFile, file.Replace("- stage: mss-clamp", $"- {{stage: mss-clamp, mss: {mss}}}", StringComparison.Ordinal));
            Hangup(sites, $"Reloaded {sites.LeftFile}: kept tun, checksum-guard, encrypt, udp; changed mss-clamp; added none; removed none.", mss - 1299);
        }

        File.WriteAllText(sites.LeftFile, file.Replace("- stage: mss-clamp", "- stage: mss-clam", StringComparison.Ordinal));
        Hangup(sites, "has errors; the running pipeline is unchanged.", 1);
        Assert.Contains("mss-clamp", sites.Left.Error, StringComparison.Ordinal);
        Assert.Contains(" 0% packet loss", (await ping).Output, StringComparison.Ordinal);
        sites.AssertAlive();
    }

    [Fact]
    public void A_changed_end_is_changed_in_place_and_one_that_cannot_be_opened_brings_the_old_one_back()
    {
        using var sites = TwoSites.Start();
        var file = File.ReadAllText(sites.LeftFile).Replace("  - stage: mss-clamp", "    mtu: 1300\n  - stage: mss-clamp", StringComparison.Ordinal);
        File.WriteAllText(sites.LeftFile, file);
        Hangup(sites, "changed tun;", 1);
        sites.WaitForPing();
        Assert.Contains("mtu 1300", sites.LeftSpace.Run($"ip link show {TwoSites.Device}"), StringComparison.Ordinal);

        // Nobody's address here.
        File.WriteAllText(sites.LeftFile, file.Replace("listen: 127.0.0.1", "listen: 203.0.113.9", StringComparison.Ordinal));
        Hangup(sites, "closing the pipeline and opening it again", 1);
        sites.WaitForPing();
        Assert.Contains("203.0.113.9", sites.Left.Error, StringComparison.Ordinal);
        Assert.False(sites.Left.HasExited, sites.Left.Said);
    }

    private static void Hangup(TwoSites sites, string expected, int times)
    {
        sites.Left.Signal("HUP");
        Eventually.True(
            () => sites.Left.Error.Split(expected).Length == times + 1, _limit, () => $"Not logged {times} times: {expected}\n{sites.Left.Said}");
    }

    private static CommandResult Ask(TwoSites sites, params string[] words) =>
        sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, words);
}
