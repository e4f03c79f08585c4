using System.Text.Json.Nodes;
using Culvert.Host.Commands;
using Culvert.Host.Output;
using Culvert.Tools.Views;

namespace Tools.Tests.Output;

/// <summary>What <c>culvert status</c> shows of peers, and what <c>--check</c> makes of them.</summary>
public sealed class StatusTextTests
{
    private const string Key = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
    private const string Failure = "no answer to handshake initiations";

    [Fact]
    public void The_first_line_says_what_runs()
    {
        var text = Render(Status());
        Assert.StartsWith(
            "/etc/culvert/a.yaml: process 12, culvert 1.2.3, device culvert7, up since 2026-01-02 02:04:05 +01:00\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_has_a_line_and_its_failure_another()
    {
        var text = Render(Status(Silent("berlin", Key)));
        Assert.Contains("  1 peer: 1 silent\n", text, StringComparison.Ordinal);
        Assert.Matches(@"\n  berlin +silent since 2026-01-02 03:00:00 \+01:00 +5 min ago +1.2 MB +34 B +203.0.113.7:51820 \(configured\)\n", text);
        Assert.Contains($"\n  berlin: last failure 2026-01-02 03:01:00 +01:00: {Failure}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_without_a_name_shows_the_beginning_of_its_key() =>
        Assert.Contains("\n  xTIBA5rboUvn…", Render(Status(Silent(null, Key))), StringComparison.Ordinal);

    [Fact]
    public void Ten_thousand_peers_stay_readable_and_trouble_comes_first()
    {
        var peers = Enumerable.Range(0, 10_000).Select(i => Up($"site-{i}", received: i)).Append(Silent("lost", Key)).ToArray();
        var status = Status(peers);
        var lines = Render(status).Split('\n');
        Assert.InRange(lines.Length, 20, 60);
        Assert.Contains("  10,001 peers: 10,000 up, 1 silent", lines);
        Assert.Contains("  9,981 more: --peers all, or --peer NAME", lines);
        var table = Array.FindIndex(lines, line => line.StartsWith("  peer ", StringComparison.Ordinal));
        Assert.StartsWith("  lost ", lines[table + 1], StringComparison.Ordinal);
        Assert.StartsWith("  site-9999 ", lines[table + 2], StringComparison.Ordinal);
        Assert.InRange(Render(status, new ShownPeers(PeerChoice.All)).Split('\n').Length, 10_001, 10_060);
        Assert.DoesNotContain("site-", Render(status, new ShownPeers(PeerChoice.None)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("berlin")]
    [InlineData(Key)]
    [InlineData("xTIBA5rboUvn…")]
    public void One_peer_is_shown_with_all_its_details(string name)
    {
        var text = Render(Status(Silent("berlin", Key), Up("paris", 1)), new ShownPeers(Only: name));
        Assert.Contains($"    public-key: {Key}\n", text, StringComparison.Ordinal);
        Assert.Contains("    allowed-ips: 10.1.0.0/16\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("paris", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rejection_has_its_sentence()
    {
        var status = Status();
        Encrypt(status)["counters"] = new JsonArray(new JsonObject
        {
            ["name"] = "handshakes-rejected",
            ["tags"] = new JsonObject { ["reason"] = "mac1" },
            ["value"] = 3,
            ["unit"] = "messages",
            ["drop"] = false,
            ["description"] = "Handshake messages rejected: the sender does not know the public key of this end.",
        });
        Assert.Contains(
            "  handshakes-rejected (mac1): 3 messages: Handshake messages rejected: the sender does not know", Render(status), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_finds_nothing_in_a_healthy_pipeline() => Assert.Equal((0, ""), Check(Status(Up("a", 1), Never("waiting"))));

    [Fact]
    public void Check_names_a_silent_peer_a_stage_that_threw_and_a_device_that_is_down()
    {
        var status = Status(Silent("berlin", Key));
        Encrypt(status)["faults"] = 2;
        status["stages"]![0]!["details"]!["up"] = false;
        var (code, output) = Check(status);
        Assert.Equal(3, code);
        Assert.Contains("device-state: device 'culvert7' is down\n", output, StringComparison.Ordinal);
        Assert.Contains("faults: stage 'encrypt' threw 2 times\n", output, StringComparison.Ordinal);
        Assert.Contains(
            $"handshakes: peer berlin at 203.0.113.7:51820 is silent since 2026-01-02 03:00:00 +01:00: {Failure}\n", output, StringComparison.Ordinal);
    }

    private static string Render(JsonObject status, ShownPeers? shown = null) => StatusText.Render(PipelineView.Read(status), shown ?? new ShownPeers());

    internal static JsonObject Encrypt(JsonObject status) => status["stages"]![1]!.AsObject();

    internal static JsonObject Status(params JsonObject[] peers) => new()
    {
        ["file"] = "/etc/culvert/a.yaml",
        ["process"] = 12,
        ["version"] = "1.2.3",
        ["time"] = "2026-01-02T03:04:05+01:00",
        ["uptime-seconds"] = 3600,
        ["lanes"] = 1,
        ["mtu"] = 1420,
        ["stages"] = new JsonArray(
            Stage("tun", new JsonObject { ["device"] = "culvert7", ["up"] = true }),
            Stage("encrypt", new JsonObject { ["public-key"] = Key, ["peers"] = new JsonArray([.. peers]) }),
            Stage("udp", [])),
    };

    internal static JsonObject Up(string name, long received) => new()
    {
        ["public-key"] = "UPXO1k4l0pzzSSsLxIsXh1dPhhNYTX1Ft+cEHYJErV0=",
        ["name"] = name,
        ["state"] = "up",
        ["received-bytes"] = received,
    };

    internal static JsonObject Silent(string? name, string key) => new()
    {
        ["public-key"] = key,
        ["name"] = name,
        ["state"] = "silent",
        ["state-since"] = "2026-01-02T02:00:00Z",
        ["last-failure"] = Failure,
        ["last-failure-at"] = "2026-01-02T02:01:00Z",
        ["endpoint"] = "203.0.113.7:51820",
        ["endpoint-source"] = "configured",
        ["latest-handshake"] = "2026-01-02T01:59:00Z",
        ["handshake-age-seconds"] = 305,
        ["received-bytes"] = 1_234_567,
        ["sent-bytes"] = 34,
        ["allowed-ips"] = new JsonArray("10.1.0.0/16"),
    };

    private static JsonObject Never(string name) => new() { ["public-key"] = Key, ["name"] = name, ["state"] = "never" };

    private static (int Code, string Output) Check(JsonObject status)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (StatusCommand.WriteProblems(status, OutputFormat.Text, output), output.ToString());
    }

    private static JsonObject Stage(string id, JsonObject details)
    {
        var traffic = new JsonObject { ["packets-in"] = 0, ["bytes-in"] = 0, ["dropped"] = 0, ["faulted"] = 0, ["discarded"] = 0, ["taken"] = 0, ["passed-by"] = 0 };
        return new JsonObject
        {
            ["id"] = id,
            ["stage"] = id,
            ["faults"] = 0,
            ["bypassed"] = false,
            ["outbound"] = traffic,
            ["inbound"] = traffic.DeepClone(),
            ["counters"] = new JsonArray(),
            ["details"] = details,
        };
    }
}
