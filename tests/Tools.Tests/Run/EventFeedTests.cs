using System.Text.Json.Nodes;
using Culvert.Host.Run;
using Microsoft.Extensions.Logging;

namespace Tools.Tests.Run;

public sealed class EventFeedTests : IDisposable
{
    private readonly EventFeed _feed = new();
    private readonly ILogger _logger;

    public EventFeedTests() => _logger = _feed.CreateLogger("encrypt");

    public void Dispose() => _feed.Dispose();

    [Fact]
    public void A_new_client_gets_the_last_events_and_then_those_to_come()
    {
        Log(0, EventFeed.Kept + 3);
        using var reader = _feed.Open();
        Log(1000, 2);

        Assert.Equal(EventFeed.Kept, reader.First.Count);
        Assert.Equal(Enumerable.Range(3, EventFeed.Kept), reader.First.Select(Number));
        Assert.Equal([1000, 1001], Take(reader, 2).Select(Number));
    }

    [Fact]
    public void A_slow_client_loses_events_and_reads_how_many()
    {
        using var slow = _feed.Open();
        Log(0, EventReader.Waiting + 7);

        var lines = Take(slow, EventReader.Waiting + 1);

        Assert.Equal(Enumerable.Range(0, EventReader.Waiting), lines.SkipLast(1).Select(Number));
        Assert.Equal(7, Lost(lines[^1]));
        Log(5000, 1);
        Assert.Equal(5000, Number(Take(slow, 1)[0]));
    }

    [Fact]
    public void Events_after_a_loss_follow_the_number_of_those_lost()
    {
        using var slow = _feed.Open();
        Log(0, EventReader.Waiting + 2);
        Take(slow, 10);
        Log(5000, 1);

        var lines = Take(slow, EventReader.Waiting - 10 + 2);

        Assert.Equal(2, Lost(lines[^2]));
        Assert.Equal(5000, Number(lines[^1]));
    }

    [Fact]
    public void A_client_that_has_left_keeps_nothing()
    {
        var reader = _feed.Open();
        reader.Dispose();
        Log(0, 1);
        Assert.Empty(TakeNow(reader));
    }

    [Fact]
    public void The_log_level_of_the_log_hides_no_event_and_details_are_none()
    {
        using var logging = LogOutput.Create(LogLevel.Error, LogFormat.Text, _feed);
        var logger = logging.CreateLogger("udp");
        logger.LogInformation(new EventId(5, "Moved"), "Information.");
        logger.LogDebug("Details.");

        using var reader = _feed.Open();
        var line = JsonNode.Parse(Assert.Single(reader.First))!;
        Assert.Equal(("udp", "moved", "information"), ((string?)line["source"], (string?)line["event"], (string?)line["level"]));
    }

    [Fact]
    public void A_public_key_is_shown_and_long_texts_are_cut()
    {
        const string Key = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
        _logger.LogWarning("{PublicKey} {Other} {Long}", Key, Key, new string('x', 10_000));

        using var reader = _feed.Open();
        var line = JsonNode.Parse(reader.First[0])!;
        Assert.Equal(Key, (string?)line["fields"]!["public-key"]);
        Assert.Equal("(not shown: may be a key)", (string?)line["fields"]!["other"]);
        Assert.Equal(EventReader.LongestText + 1, ((string)line["fields"]!["long"]!).Length);
        Assert.InRange(((string)line["message"]!).Length, 1, EventReader.LongestText + 1);
    }

    private void Log(int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            _logger.LogInformation(new EventId(1, "Counted"), "Event {Number}", i);
        }
    }

    private static int Number(string line) => (int)JsonNode.Parse(line)!["fields"]!["number"]!;

    private static int Lost(string line)
    {
        var lost = JsonNode.Parse(line)!;
        Assert.Equal("events-lost", (string?)lost["event"]);
        return (int)lost["fields"]!["count"]!;
    }

    private static List<string> TakeNow(EventReader reader) => Take(reader, int.MaxValue, TimeSpan.FromMilliseconds(50));

    private static List<string> Take(EventReader reader, int count) => Take(reader, count, TimeSpan.FromSeconds(60));

    private static List<string> Take(EventReader reader, int count, TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        var lines = new List<string>();
        try
        {
            foreach (var line in reader.FollowAsync(end.Token).ToBlockingEnumerable(TestContext.Current.CancellationToken))
            {
                lines.Add(line);
                if (lines.Count == count)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What came until then.
        }

        return lines;
    }
}
