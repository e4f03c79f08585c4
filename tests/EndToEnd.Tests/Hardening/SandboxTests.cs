using System.Text.Json.Nodes;
using Culvert.Tests.Support;
using EndToEnd.Tests.WireGuard;

namespace EndToEnd.Tests.Hardening;

/// <summary>A running site keeps only what it needs, and carries packets, reloads and stops as before.</summary>
public sealed class SandboxTests
{
    private const string NetAdmin = "0000000000001000";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void Every_thread_is_confined_and_the_site_works_as_before()
    {
        using var sites = TwoSites.Start();

        var threads = Threads(sites.Left.Id);
        Assert.NotEmpty(threads);
        Assert.All(threads, thread =>
        {
            Assert.Equal("2", thread["Seccomp"]);
            Assert.Equal("1", thread["NoNewPrivs"]);
            Assert.Equal(NetAdmin, thread["CapPrm"]);
            Assert.Equal(NetAdmin, thread["CapEff"]);
            Assert.Equal("0000000000000000", thread["CapInh"]);
        });
        Assert.Matches("Max core file size +0 +0 +bytes", File.ReadAllText($"/proc/{sites.Left.Id}/limits"));

        var status = JsonNode.Parse(Ask(sites, "--format", "json"))!;
        Assert.True((bool)status["sandbox"]!["filter"]!);
        Assert.Equal(["net-admin"], status["sandbox"]!["capabilities"]!.AsArray().Select(name => name!.ToString()));
        Assert.Contains("sandbox with net-admin", Ask(sites), StringComparison.Ordinal);

        // In place, then with a new device, then without the sandbox, which stays.
        var file = File.ReadAllText(sites.LeftFile);
        Reload(sites, file.Replace("- stage: mss-clamp", "- {stage: mss-clamp, mss: 1300}", StringComparison.Ordinal), "changed mss-clamp;");
        Reload(sites, "lanes: 2\n" + file, "Running");
        sites.WaitForPing();
        Reload(sites, "sandbox: false\nlanes: 2\n" + file, "The sandbox cannot be turned off");
        sites.AssertAlive();
        Assert.All(Threads(sites.Left.Id), thread => Assert.Equal((NetAdmin, "2"), (thread["CapEff"], thread["Seccomp"])));

        sites.Left.Signal("TERM");
        Assert.Equal(0, sites.Left.WaitForExit());
        Assert.False(TwoSites.HasDevice(sites.LeftSpace));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("trace")]
    public void A_plugin_that_starts_or_traces_a_process_is_refused(string deed)
    {
        using var sites = TwoSites.Start($"  - {{stage: prying, deed: {deed}, on-fault: drop}}", pings: false);

        Eventually.True(
            () =>
            {
                // Until one comes after the sandbox is on.
                sites.Ping();
                return sites.Left.Error.Contains("Operation not permitted", StringComparison.Ordinal);
            },
            _limit, () => $"No fault.\n{sites.Left.Said}");
        Assert.Matches(@"prying\[101\] The stage threw \(.*Operation not permitted", sites.Left.Error);

        // With the same plugin's stage taken out packets pass: nothing else was harmed.
        var file = File.ReadAllText(sites.LeftFile);
        Reload(sites, file.Replace("stage: prying", "stage: prying, enabled: false", StringComparison.Ordinal), "removed prying.");
        sites.WaitForPing();
        sites.Left.Signal("TERM");
        Assert.Equal(0, sites.Left.WaitForExit());
    }

    [Fact]
    public void The_first_turn_of_a_plugin_is_in_the_sandbox()
    {
        using var sites = TwoSites.Start("  - {stage: prying, deed: start-early, on-fault: drop}", pings: false);

        Eventually.True(
            () => sites.Left.Error.Contains("Operation not permitted", StringComparison.Ordinal), _limit, () => $"No fault.\n{sites.Left.Said}");
    }

    [Fact]
    public void Without_the_sandbox_nothing_is_given_up()
    {
        using var sites = TwoSites.Start("  - {stage: prying, deed: start}", pings: true, settings: "sandbox: false");

        Assert.All(Threads(sites.Left.Id), thread => Assert.Equal(("0", "0"), (thread["Seccomp"], thread["NoNewPrivs"])));
        Assert.Null(JsonNode.Parse(Ask(sites, "--format", "json"))!["sandbox"]);
    }

    [Fact]
    public void An_existing_device_needs_no_capability()
    {
        using var sites = TwoSites.Start(prepare: space =>
        {
            space.Run($"ip tuntap add dev {TwoSites.Device} mode tun");
            space.Run($"ip addr add {TwoSites.LeftAddress}/24 dev {TwoSites.Device}");
            space.Run($"ip link set {TwoSites.Device} up");
        });

        Assert.All(Threads(sites.Left.Id), thread => Assert.Equal("0000000000000000", thread["CapPrm"]));
        Assert.Contains("sandbox with no capability", Ask(sites), StringComparison.Ordinal);
        sites.AssertAlive();
    }

    [Theory]
    [InlineData("0.0.0.0:51820", "", "0000000000000000")]
    [InlineData("0.0.0.0:500", "", "0000000000000400")]
    [InlineData("0.0.0.0:500", "fwmark: 51820", "0000000000001400")]
    public void A_low_port_and_a_mark_keep_what_they_need(string listen, string keys, string expected)
    {
        Requires.Root();
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        using var site = new CulvertSite(space, [], listen) { UdpKeys = keys };
        space.Run($"ip tuntap add dev {site.Device} mode tun");
        site.Start();
        Eventually.True(() => site.Log.Contains("Running ", StringComparison.Ordinal), _limit, () => site.Log);
        Assert.All(Threads(site.Process.Id), thread => Assert.Equal((expected, expected), (thread["CapPrm"], thread["CapEff"])));
    }

    private static List<Dictionary<string, string>> Threads(int process) =>
    [
        .. Directory.GetDirectories($"/proc/{process}/task").Select(thread => File.ReadLines(Path.Combine(thread, "status"))
            .Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim())),
    ];

    private static string Ask(TwoSites sites, params string[] words) =>
        sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, ["status", sites.LeftFile, .. words]).Succeeded();

    private static void Reload(TwoSites sites, string file, string expected)
    {
        var before = sites.Left.Error.Split(expected).Length;
        File.WriteAllText(sites.LeftFile, file);
        sites.Left.Signal("HUP");
        Eventually.True(() => sites.Left.Error.Split(expected).Length > before, _limit, () => $"Not logged: {expected}\n{sites.Left.Said}");
    }
}
