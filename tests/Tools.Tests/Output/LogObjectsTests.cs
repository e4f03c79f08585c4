using System.Text.Json.Nodes;
using Culvert.Host.Run;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tools.Tests.Output;

public sealed class LogObjectsTests
{
    private const string Key = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";

    [Fact]
    public void An_event_is_one_object_with_its_parts()
    {
        var line = Line(new("peer", "berlin"), new("Attempts", 3), new("{OriginalFormat}", "Peer {peer}"));
        Assert.Equal("udp", (string?)line["source"]);
        Assert.Equal("warning", (string?)line["level"]);
        Assert.Equal(7, (int?)line["id"]);
        Assert.Equal("peer-silent", (string?)line["event"]);
        Assert.Equal("It said \"no\". Again.", (string?)line["message"]);
        Assert.Equal("""{"peer":"berlin","attempts":3}""", line["fields"]!.ToJsonString());
        Assert.Contains("gone", (string?)line["exception"], StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$", (string?)line["time"]);
    }

    [Fact]
    public void What_could_be_a_key_is_masked_in_every_part()
    {
        var line = Line(new KeyValuePair<string, object?>("Endpoint", Key + ":51820"));
        Assert.DoesNotContain(Key[..12], line.ToJsonString(), StringComparison.Ordinal);
    }

    private static JsonNode Line(params KeyValuePair<string, object?>[] parts)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var entry = new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
            LogLevel.Warning, "udp", new EventId(7, "PeerSilent"), parts, new IOException($"gone {Key}"), (_, _) => "It said \"no\".\nAgain.");
        new LogObjects().Write(entry, null, writer);
        var text = writer.ToString();
        Assert.Equal(1, text.Count(one => one == '\n'));
        return JsonNode.Parse(text)!;
    }
}
