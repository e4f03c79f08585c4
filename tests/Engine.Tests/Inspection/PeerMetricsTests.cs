using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Counters;
using Culvert.Engine.Control;
using Culvert.Engine.Running;
using Culvert.Tests.Support;

namespace Engine.Tests.Inspection;

/// <summary>What dashboards for WireGuard read, and what Prometheus' own linter says.</summary>
public sealed class PeerMetricsTests
{
    private const string Labels =
        "interface=\"wg0\",public_key=\"6qJSVX4gP0EN+JZ3dXbEtB7cVAkTXJSKZGnFDfqQJXQ=\",allowed_ips=\"10.2.0.0/16,fd00::/64\",friendly_name=\"berlin\"";

    [Fact]
    public void A_peer_has_the_names_that_dashboards_use()
    {
        var text = Write(limit: 10, Peer("berlin", sent: 300));
        Assert.Contains($"\nwireguard_sent_bytes_total{{{Labels}}} 300\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nwireguard_received_bytes_total{{{Labels}}} 5000000000\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nwireguard_latest_handshake_seconds{{{Labels}}} 1790000000\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nculvert_peer_up{{{Labels}}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nculvert_peer_path_mtu_bytes{{{Labels},direction=\"inbound\"}} 1392\n", text, StringComparison.Ordinal);
        Assert.Contains("\nculvert_peers 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_without_a_handshake_is_down()
    {
        var peer = Peer("berlin", sent: 0);
        peer["latest-handshake"] = null;
        peer["state"] = "never";
        var text = Write(limit: 10, peer);
        Assert.Contains($"wireguard_latest_handshake_seconds{{{Labels}}} 0\n", text, StringComparison.Ordinal);
        Assert.Contains($"culvert_peer_up{{{Labels}}} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nculvert_peers_up 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_keeps_the_peers_with_the_most_traffic()
    {
        var text = Write(limit: 1, Peer("quiet", sent: 1), Peer("busy", sent: 2));
        Assert.Contains("friendly_name=\"busy\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("friendly_name=\"quiet\"", text, StringComparison.Ordinal);
        Assert.Contains("\nculvert_peers 2\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("public_key", Write(limit: 0, Peer("busy", sent: 2)), StringComparison.Ordinal);
    }

    [Fact]
    public void Promtool_has_nothing_to_say()
    {
        var (exit, said) = Promtool(Write(limit: 10, Peer("berlin", sent: 3), Peer("new\"york\n", sent: 4)), "check", "metrics");
        Assert.Equal("", said);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void The_alert_rules_pass_their_tests()
    {
        var (exit, said) = Promtool("", "test", "rules", Path.Combine(SourceTree.Root, "packaging/prometheus/culvert-alerts-promtool.yaml"));
        Assert.True(exit == 0, said);
    }

    [Theory]
    [InlineData("packaging/grafana/culvert.json")]
    [InlineData("packaging/prometheus/culvert-alerts.yaml")]
    public void Dashboard_and_alerts_read_metrics_that_exist(string file)
    {
        var text = Write(limit: 10, Peer("berlin", sent: 3));
        var names = Regex.Matches(File.ReadAllText(Path.Combine(SourceTree.Root, file)), "(culvert|wireguard|process)_[a-z_]+[a-z]").Select(name => name.Value).ToHashSet();
        Assert.NotEmpty(names);
        Assert.DoesNotContain(names, name => name != "culvert_stage_counted" && !text.Contains($"# TYPE {name} ", StringComparison.Ordinal));
    }

    private static (int Exit, string Said) Promtool(string input, params string[] arguments)
    {
        Requires.Tool("promtool");
        using var promtool = Process.Start(new ProcessStartInfo(Requires.Find("promtool")!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        promtool.StandardInput.Write(input);
        promtool.StandardInput.Close();
        var said = promtool.StandardError.ReadToEnd() + promtool.StandardOutput.ReadToEnd();
        promtool.WaitForExit();
        return (promtool.ExitCode, said.Contains("SUCCESS", StringComparison.Ordinal) ? "" : said);
    }

    private static JsonObject Peer(string name, long sent) => new()
    {
        ["public-key"] = "6qJSVX4gP0EN+JZ3dXbEtB7cVAkTXJSKZGnFDfqQJXQ=",
        ["name"] = name,
        ["state"] = "up",
        ["latest-handshake"] = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000).ToString("O"),
        ["received-bytes"] = 5_000_000_000,
        ["sent-bytes"] = sent,
        ["held-packets"] = 0,
        ["path"] = new JsonObject { ["outbound-mtu"] = 1420, ["inbound-mtu"] = 1392 },
        ["allowed-ips"] = new JsonArray("10.2.0.0/16", "fd00::/64"),
    };

    private static string Write(int limit, params JsonNode[] peers)
    {
        var counters = new CounterSet();
        counters.Create("initiations", "handshakes", "An initiation was sent.").Increment();
        counters.Create("clamped", "packets", "An MSS was lowered.", new KeyValuePair<string, string>("address-family", "4")).Add(2);
        var idle = new TrafficStatus
        {
            PacketsIn = 1,
            BytesIn = 60,
            PacketsOut = 1,
            Dropped = 0,
            Discarded = 0,
            Consumed = 0,
            Taken = 0,
            Faulted = 0,
            Emitted = 0,
            PassedBy = 0,
            NanosecondsPerPacket = 12.5,
        };
        StageStatus Stage(string name, JsonObject details) => new()
        {
            Id = name,
            Stage = name,
            Mtu = 1420,
            Faults = 0,
            IsBypassed = false,
            Outbound = idle,
            Inbound = idle,
            Held = 0,
            Rented = 0,
            Released = 0,
            Counters = [.. counters.All],
            Details = details,
        };
        var status = new PipelineStatus
        {
            Uptime = TimeSpan.FromSeconds(5),
            Lanes = 1,
            Mtu = 1420,
            LeasesInUse = 0,
            LeaseCapacity = 1024,
            Stages = [Stage("tun", new() { ["device"] = "wg0" }), Stage("encrypt", new() { ["peers"] = new JsonArray(peers) })],
        };
        return MetricsText.Write(status, new CounterSet(), limit, "1.0.0");
    }
}
