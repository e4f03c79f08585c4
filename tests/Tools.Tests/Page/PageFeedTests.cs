using System.Text.Json.Nodes;
using Culvert.Host.Page;
using Microsoft.Extensions.Time.Testing;
using Tools.Tests.Output;

namespace Tools.Tests.Page;

/// <summary>What the page's script gets, and how often it is made.</summary>
public sealed class PageFeedTests
{
    private readonly FakeTimeProvider _time = new();
    private int _asked;
    private TimeSpan _cost;
    private JsonObject _status = StatusTextTests.Status();

    [Fact]
    public void Many_browsers_cost_one_status_a_second()
    {
        var feed = new PageFeed(GetStatus, _time);
        for (var i = 0; i < 100; i++)
        {
            feed.Get();
        }

        Assert.Equal(1, _asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        feed.Get();
        Assert.Equal(2, _asked);
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(60, 3000)]
    [InlineData(440, 22_000)]
    [InlineData(900, 30_000)]
    public void A_status_that_takes_long_is_asked_for_less_often(int milliseconds, int interval)
    {
        var feed = new PageFeed(GetStatus, _time);
        _cost = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal(1000, Interval(feed));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(interval, Interval(feed));
        _time.Advance(TimeSpan.FromMilliseconds(interval - milliseconds - 1));
        feed.Get();
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void Rates_are_those_since_the_look_before_and_make_the_graph()
    {
        var feed = new PageFeed(GetStatus, _time);
        Assert.Empty(Json(feed)["history"]!.AsArray());
        Look(1, packets: 10_000, bytes: 1_250_000);
        var second = Json(feed);
        Assert.Equal("10.0 kpps", second["stages"]![0]!["outbound"]!["packets"]!.ToString());
        Assert.Equal("10.0 Mbit/s", second["stages"]![0]!["outbound"]!["bits"]!.ToString());
        Assert.Equal("[[10000000,0]]", second["history"]!.ToJsonString());
        for (var i = 2; i < 200; i++)
        {
            Look(1, packets: 10_000 * i, bytes: 1_250_000 * i);
            feed.Get();
        }

        Assert.Equal(PageFeed.MaxHistory, Json(feed)["history"]!.AsArray().Count);
        Look(3000, packets: 0, bytes: 0);
        Assert.Equal("–", Json(feed)["stages"]![0]!["outbound"]!["packets"]!.ToString());
    }

    [Fact]
    public void Ten_thousand_peers_are_a_short_answer_with_trouble_first()
    {
        var peers = Enumerable.Range(0, 10_000).Select(i => StatusTextTests.Up($"site-{i}", received: i));
        _status = StatusTextTests.Status([.. peers, .. Enumerable.Range(0, 12).Select(i => StatusTextTests.Silent($"lost-{i}", $"{i}="))]);
        var text = new PageFeed(GetStatus, _time).Get().Json;
        Assert.InRange(text.Length, 1000, 30_000);
        var json = JsonNode.Parse(text)!;
        Assert.Equal("10,012 peers: 10,000 up, 12 silent", json["peers"]!["sum"]!.ToString());
        Assert.Equal(20, json["peers"]!["shown"]!.AsArray().Count);
        Assert.StartsWith("lost-", json["peers"]!["shown"]![0]!["name"]!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("9,992 more: ", json["peers"]!["more"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(10, json["problems"]!.AsArray().Count);
        Assert.Equal(2, (int)json["more-problems"]!);
    }

    [Fact]
    public void Drops_faults_and_problems_are_told_and_details_are_not()
    {
        var tun = _status["stages"]![0]!.AsObject();
        tun["faults"] = 2;
        tun["last-fault"] = new JsonObject { ["message"] = "off\u202eby one", ["time"] = "2026-01-02T02:00:00Z" };
        tun["counters"] = new JsonArray(new JsonObject
        {
            ["name"] = "malformed",
            ["tags"] = new JsonObject(),
            ["value"] = 1234,
            ["unit"] = "packets",
            ["drop"] = true,
            ["description"] = "Packets that are no IP.",
            ["last"] = new JsonObject { ["packet"] = "udp 10.1.2.3:5 > 10.4.5.6:7, 80 bytes" },
        });
        tun["details"]!["plugin-word"] = "nobody else's";
        var json = Json(new PageFeed(GetStatus, _time));
        Assert.Equal(
            """{"stage":"tun","time":"2026-01-02 03:00:00 +01:00","count":"2","message":"off\\u202eby one"}""",
            json["faults"]!.AsArray().Single()!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal("1,234", json["drops"]!.AsArray().Single()!["count"]!.ToString());
        Assert.Equal("stage 'tun' threw 2 times", json["problems"]!.AsArray().Single()!["cause"]!.ToString());
        Assert.DoesNotContain("10.1.2.3", json.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("plugin-word", json.ToJsonString(), StringComparison.Ordinal);
    }

    private JsonObject GetStatus()
    {
        _asked++;
        _time.Advance(_cost);
        return _status.DeepClone().AsObject();
    }

    private void Look(double seconds, long packets, long bytes)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _status["uptime-seconds"] = Culvert.Tools.Views.Quantity.Number(_status["uptime-seconds"]) + seconds;
        _status["stages"]![0]!["outbound"]!["packets-in"] = packets;
        _status["stages"]![0]!["outbound"]!["bytes-in"] = bytes;
    }

    private static JsonNode Json(PageFeed feed) => JsonNode.Parse(feed.Get().Json)!;

    private static int Interval(PageFeed feed) => (int)Json(feed)["interval-ms"]!;
}
