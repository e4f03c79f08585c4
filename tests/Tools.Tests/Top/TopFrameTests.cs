using System.Text.Json.Nodes;
using Culvert.Host.Output;
using Culvert.Host.Top;
using Culvert.Tools.Views;
using Tools.Tests.Output;
using VerifyXunit;

namespace Tools.Tests.Top;

/// <summary>The frames of <c>culvert top</c>, without colours.</summary>
public sealed class TopFrameTests
{
    [Fact]
    public async Task Eighty_columns() => await Verifier.Verify(Text(80, 24, new TopState { Stage = 1 }));

    [Fact]
    public async Task A_hundred_and_twenty_columns() => await Verifier.Verify(Text(120, 40, new TopState { IsInPeers = true, Peer = 2, Sort = PeerSort.Received, IsPaused = true }));

    [Fact]
    public async Task Ten_thousand_peers() => await Verifier.Verify(Text(100, 20, new TopState { IsInPeers = true, Peer = 5000, Sort = PeerSort.Name }, 10_000));

    [Fact]
    public async Task A_stage() => await Verifier.Verify(Text(80, 24, new TopState { Screen = TopScreenKind.Stage, Stage = 1 }));

    [Fact]
    public async Task A_peer() => await Verifier.Verify(Text(80, 24, new TopState { Screen = TopScreenKind.Peer, PeerKey = "key-of-lost=" }));

    [Fact]
    public async Task The_keys() => await Verifier.Verify(Text(60, 18, new TopState { Screen = TopScreenKind.Help }));

    [Fact]
    public async Task Little_room() => await Verifier.Verify(Text(30, 8, new TopState { Stage = 2 }));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 5)]
    [InlineData(200, 100)]
    public void A_frame_has_the_size_of_the_terminal(int width, int height)
    {
        foreach (var screen in Enum.GetValues<TopScreenKind>())
        {
            var (lines, _) = Frame(width, height).Render(View(5), new TopState { Screen = screen, Scroll = 1000 });
            Assert.Equal(height, lines.Count);
            Assert.All(lines, line => Assert.InRange(line.Length, 0, Math.Max(width, 9)));
        }
    }

    [Fact]
    public void Scrolling_ends_with_the_last_line()
    {
        var (lines, state) = Frame(80, 10).Render(View(5), new TopState { Screen = TopScreenKind.Stage, Stage = 1, Scroll = 1000 });
        Assert.InRange(state.Scroll, 1, 100);
        Assert.NotEqual("", lines[8]);
    }

    [Fact]
    public void What_a_peer_is_called_does_not_reach_the_terminal()
    {
        var view = PipelineView.Read(StatusTextTests.Status(StatusTextTests.Silent("\u001b]0;PWNED\u0007\n\u202ex", "k=")));
        foreach (var state in new[] { new TopState(), new TopState { Screen = TopScreenKind.Peer, PeerKey = "k=" }, new TopState { Screen = TopScreenKind.Stage, Stage = 1 } })
        {
            var text = string.Concat(Frame(200, 40).Render(view with { Problems = [new ProblemView("peer \u001b[2J", "")] }, state).Lines);
            Assert.DoesNotContain(text, character => char.IsControl(character) || character == '\u202e');
            Assert.Contains("\\u001b", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Colours_show_the_selection_and_trouble()
    {
        var lines = new TopFrame(80, 24, new Colours(enabled: true)).Render(View(5), new TopState { Stage = 0 }).Lines;
        Assert.StartsWith("\u001b[7m> tun ", lines.Single(line => line.Contains("> tun", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("\u001b[31m  lost ", lines.Single(line => line.Contains("  lost ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\u001b[31m1 problem\u001b[0m", lines[0], StringComparison.Ordinal);
    }

    private static TopFrame Frame(int width, int height) => new(width, height, new Colours(enabled: false));

    private static string Text(int width, int height, TopState state, int peers = 5) =>
        string.Join('\n', Frame(width, height).Render(View(peers), state).Lines.Select(line => line.TrimEnd()));

    private static PipelineView View(int peers)
    {
        var before = PipelineView.Read(Status(3600, 0, peers));
        return PipelineView.Read(Status(3601, 1, peers), before) with
        {
            Problems = [new ProblemView("peer lost at 203.0.113.7:51820 is silent since 2026-01-02 03:00:00 +01:00: no answer to handshake initiations", "look there")],
        };
    }

    private static JsonObject Status(double uptime, int step, int count)
    {
        var lost = StatusTextTests.Silent("lost", "key-of-lost=");
        var peers = Enumerable.Range(0, count).Select(i => Peer($"site-{i:0000}", i * 1_000_000L * (step + 1)));
        var status = StatusTextTests.Status([.. peers, lost]);
        status["uptime-seconds"] = uptime;
        foreach (var stage in status["stages"]!.AsArray().OfType<JsonObject>())
        {
            stage["mtu"] = stage["id"]!.ToString() == "udp" ? 1472 : 1440;
            stage["mtu-derivation"] = stage["id"]!.ToString() == "udp" ? "1500 (udp: path-mtu) - 28 (udp) = 1472" : "1500 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1440";
            (stage["above"], stage["below"]) = stage["id"]!.ToString() switch { "tun" => ("ip", "ip"), "encrypt" => ("ip", "datagram"), _ => ("datagram", "datagram") };
            foreach (var (direction, share) in new[] { ("outbound", 1), ("inbound", 3) })
            {
                stage[direction]!["packets-in"] = 1_000_000 + 83_210 * step / share;
                stage[direction]!["bytes-in"] = 1_000_000_000L + 116_000_000L * step / share;
                stage[direction]!["ns-per-packet"] = 123.4 * share;
            }
        }

        var encrypt = StatusTextTests.Encrypt(status);
        encrypt["outbound"]!["dropped"] = 5 + 3 * step;
        encrypt["faults"] = 1;
        encrypt["last-fault"] = new JsonObject { ["message"] = "Index was outside the bounds of the array", ["time"] = "2026-01-02T02:00:00Z" };
        encrypt["counters"] = new JsonArray(new JsonObject
        {
            ["name"] = "no-peer",
            ["tags"] = new JsonObject(),
            ["value"] = 5 + 3 * step,
            ["unit"] = "packets",
            ["drop"] = true,
            ["description"] = "Outbound packets to a destination that no peer's allowed-ips cover.",
            ["last"] = new JsonObject { ["packet"] = "udp 10.1.2.3:5 > 10.4.5.6:7, 80 bytes" },
        });
        return status;
    }

    private static JsonObject Peer(string name, long bytes)
    {
        var peer = StatusTextTests.Up(name, bytes);
        peer["public-key"] = name + "=";
        peer["sent-bytes"] = bytes / 2;
        peer["handshake-age-seconds"] = 42;
        peer["endpoint"] = "198.51.100.7:51820";
        peer["endpoint-source"] = "learned";
        return peer;
    }
}
