using System.Text.Json.Nodes;
using Culvert.Tools.Views;
using Tools.Tests.Output;

namespace Tools.Tests.Views;

/// <summary>The one model that <c>status</c>, <c>top</c> and the page render.</summary>
public sealed class PipelineViewTests
{
    [Fact]
    public void One_status_has_no_rates_and_two_have()
    {
        var first = PipelineView.Read(Status(3600, packets: 1000, bytes: 100_000, dropped: 3));
        Assert.Null(first.Seconds);
        Assert.Null(first.Stages[0].Outbound.PacketsPerSecond);

        var second = PipelineView.Read(Status(3602, packets: 1500, bytes: 350_000, dropped: 7), first);
        Assert.Equal(2, second.Seconds);
        Assert.Equal((250, 1_000_000, 2), (second.Stages[0].Outbound.PacketsPerSecond, second.Stages[0].Outbound.BitsPerSecond, second.Stages[0].Outbound.LostPerSecond));
        Assert.Equal(2, second.Stages[0].Drops.Single().PerSecond);
        Assert.Equal(0, second.Stages[0].Inbound.PacketsPerSecond);
    }

    [Theory]
    [InlineData(3600, 12)] // asked twice
    [InlineData(10, 12)] // opened again
    [InlineData(3602, 13)] // another process
    [InlineData(9000, 12)] // too long ago to say anything of now
    public void Statuses_that_do_not_follow_each_other_have_no_rates(double uptime, int process)
    {
        var second = Status(uptime, packets: 1500, bytes: 350_000, dropped: 7);
        second["process"] = process;
        Assert.Null(PipelineView.Read(second, PipelineView.Read(Status(3600, 1000, 100_000, 3))).Stages[0].Outbound.PacketsPerSecond);
    }

    [Fact]
    public void A_peer_has_rates_by_its_key_and_a_sorted_list_begins_with_trouble()
    {
        JsonObject[] before = [Peer("a", 1000), Peer("b", 1000), StatusTextTests.Silent("c", "ccc=")];
        JsonObject[] after = [Peer("b", 4000), Peer("a", 2000), StatusTextTests.Silent("c", "ccc=")];
        var view = PipelineView.Read(At(3601, after), PipelineView.Read(At(3600, before)));
        var peers = view.Stages[1].Peers!;
        Assert.Equal([3000, 1000, 0], peers.All.Select(peer => peer.ReceivedPerSecond!.Value));
        Assert.Equal(["c", "b", "a"], peers.Top.Select(peer => peer.Name));
        Assert.Equal(["a", "b", "c"], peers.Sorted(PeerSort.Name).Select(peer => peer.Name));
        Assert.Equal(["b", "a", "c"], peers.Sorted(PeerSort.Received).Select(peer => peer.Name));
        Assert.Equal("3 peers: 2 up, 1 silent", peers.Sum);
    }

    [Fact]
    public void Faults_come_latest_first()
    {
        var status = StatusTextTests.Status();
        foreach (var (stage, hour) in new[] { (0, "01"), (2, "02") })
        {
            status["stages"]![stage]!["faults"] = 1;
            status["stages"]![stage]!["last-fault"] = new JsonObject { ["message"] = "off by one", ["time"] = $"2026-01-02T{hour}:00:00Z" };
        }

        Assert.Equal(["udp", "tun"], PipelineView.Read(status).Faulted.Select(stage => stage.Id));
    }

    [Theory]
    [InlineData(0, "0 pps")]
    [InlineData(999.4, "999 pps")]
    [InlineData(999.6, "1.0 kpps")]
    [InlineData(99_949, "99.9 kpps")]
    [InlineData(99_951, "100 kpps")]
    [InlineData(999_999, "1.0 Mpps")]
    [InlineData(12_345_678, "12.3 Mpps")]
    public void A_rate_has_three_digits(double rate, string expected) => Assert.Equal(expected, Quantity.Short(rate, "pps"));

    private static JsonObject Status(double uptime, long packets, long bytes, long dropped)
    {
        var status = At(uptime);
        var tun = status["stages"]![0]!.AsObject();
        tun["outbound"]!["packets-in"] = packets;
        tun["outbound"]!["bytes-in"] = bytes;
        tun["outbound"]!["dropped"] = dropped;
        tun["counters"] = new JsonArray(new JsonObject
        {
            ["name"] = "no-peer",
            ["tags"] = new JsonObject(),
            ["value"] = dropped,
            ["unit"] = "packets",
            ["drop"] = true,
            ["description"] = "Packets that no peer's allowed-ips contain.",
        });
        return status;
    }

    private static JsonObject At(double uptime, params JsonObject[] peers)
    {
        var status = StatusTextTests.Status(peers);
        status["uptime-seconds"] = uptime;
        return status;
    }

    private static JsonObject Peer(string name, long received)
    {
        var peer = StatusTextTests.Up(name, received);
        peer["public-key"] = name;
        return peer;
    }
}
