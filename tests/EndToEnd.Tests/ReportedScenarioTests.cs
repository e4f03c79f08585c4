using System.Globalization;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests;

/// <summary>
/// The report that the project starts from: polls through a tunnel, some of which fail because a clamp on the way damages the checksum
/// of the SYN/ACK, and a firewall drops it. With this clamp none fails; with the old arithmetic they do, and the culprit is named.
/// </summary>
public sealed partial class ReportedScenarioTests(ITestOutputHelper output)
{
    /// <summary>1500 − 28 for UDP over IPv4 − 32 for the seal − 40 for IPv4 and TCP.</summary>
    private const int PlannedMss = 1400;

    private const int Polls = 300;

    /// <summary>(8961 − 1400) / 65535 of 300 polls are 34.6, give or take 5.5.</summary>
    private const int FewestDamaged = 10;

    [Fact]
    public async Task No_poll_fails_and_every_SYN_is_right_and_clamped_to_the_plan()
    {
        using var sites = ReportedSites.Start(Clamp, Clamp);
        using var web = new WebPolls(sites.MonitorSpace, sites.WebSpace);

        Assert.Equal(0, await web.FailedAsync(Polls, TimeSpan.FromSeconds(30)));

        Assert.Equal(0, sites.DroppedAsInvalid());
        var syns = sites.DeliveredSyns(atLeast: 2 * Polls);
        Assert.All(syns, syn => Assert.Contains("(correct)", syn, StringComparison.Ordinal));
        Assert.All(syns, syn => Assert.Equal(PlannedMss, int.Parse(Mss().Match(syn).Groups[1].Value, CultureInfo.InvariantCulture)));
        foreach (var site in new[] { sites.MonitorSite, sites.WebSite })
        {
            site.Signal("TERM");
            Assert.Equal(0, site.WaitForExit());
            Assert.DoesNotContain("checksum wrong", site.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("broke the", site.Said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_the_old_arithmetic_polls_fail_and_the_clamp_is_named()
    {
        using var sites = ReportedSites.Start("", $"""
              - stage: old-clamp
                mss: {PlannedMss}
              - stage: checksum-guard
                on-bad: pass
            """);
        using var web = new WebPolls(sites.MonitorSpace, sites.WebSpace);

        // Under a second, as no lost SYN is sent again by then.
        var failed = await web.FailedAsync(Polls, TimeSpan.FromMilliseconds(900));

        var dropped = sites.DroppedAsInvalid();
        output.WriteLine($"{failed} of {Polls} polls failed; the firewall dropped {dropped} packets as invalid");
        Assert.InRange(failed, FewestDamaged, Polls);
        Assert.InRange(dropped, FewestDamaged, long.MaxValue);
        Assert.InRange(sites.DeliveredSyns(atLeast: 2 * Polls).Count(syn => syn.Contains("incorrect", StringComparison.Ordinal)), FewestDamaged, int.MaxValue);
        sites.WebSite.Signal("TERM");
        Assert.Equal(0, sites.WebSite.WaitForExit());
        Assert.Contains("old-clamp broke the TCP checksum, outbound: TCP 10.80.0.112:80 > 172.18.128.9:", sites.WebSite.Error, StringComparison.Ordinal);
        Assert.Contains("checksum-guard: TCP checksum wrong on arrival, outbound: TCP 10.80.0.112:80 > ", sites.WebSite.Error, StringComparison.Ordinal);
        var blame = Blame().Match(sites.WebSite.Output);
        Assert.True(blame.Success, sites.WebSite.Said);
        Assert.InRange(int.Parse(blame.Groups[1].Value, CultureInfo.InvariantCulture), FewestDamaged, int.MaxValue);
    }

    private const string Clamp = """
          - stage: mss-clamp
          - stage: checksum-guard
            on-bad: drop
        """;

    [GeneratedRegex(@"mss (\d+)")]
    private static partial Regex Mss();

    [GeneratedRegex(@"'old-clamp' broke the TCP checksum of (\d+) packets outbound")]
    private static partial Regex Blame();
}
