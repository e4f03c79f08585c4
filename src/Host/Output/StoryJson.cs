using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Engine.Configuration;
using Culvert.Engine.Inspection;
using Culvert.Tools.Replay;
using Culvert.Wire.Text;
using Culvert.Wire;

namespace Culvert.Host.Output;

/// <summary>The machine-readable trace of a packet.</summary>
internal static class StoryJson
{
    public static JsonObject ToJson(PacketStory story) => new()
    {
        ["packet"] = story.Number,
        ["time"] = story.Timestamp == 0 ? null : DateTime.UnixEpoch.AddTicks(story.Timestamp / TimeSpan.NanosecondsPerTick)
            .ToString("O", CultureInfo.InvariantCulture),
        ["direction"] = DirectionWord.Of(story.Direction),
        ["before"] = State(story.Bytes),
        ["stages"] = new JsonArray([.. story.Steps.Select(Step)]),
        ["after"] = story.Result is { } result ? State(result) : null,
    };

    private static JsonObject State(byte[] bytes) => new()
    {
        ["summary"] = PacketText.Summarize(bytes),
        ["hex"] = Convert.ToHexStringLower(bytes),
        ["checksums"] = new JsonArray([.. StoryWords.Judge(bytes).Select(Checksum)]),
    };

    private static JsonObject Checksum(StoryWords.Judged judged)
    {
        var json = new JsonObject
        {
            ["of"] = judged.Name,
            ["verdict"] = KebabCase.Of(judged.Verdict.ToString()),
        };
        if (judged.Verdict == ChecksumVerdict.Bad)
        {
            json["found"] = judged.Finding.Found.ToString("x4", CultureInfo.InvariantCulture);
            json["wanted"] = judged.Finding.Wanted.ToString("x4", CultureInfo.InvariantCulture);
        }
        else if (judged.Verdict == ChecksumVerdict.CannotBeJudged)
        {
            json["obstacle"] = KebabCase.Of(judged.Finding.Obstacle.ToString());
        }

        return json;
    }

    private static JsonObject Step(StageStep step) => new()
    {
        ["id"] = step.StageId,
        ["outcome"] = KebabCase.Of(step.Outcome.ToString()),
        ["changes"] = new JsonArray([.. step.Changes.Select(Change)]),
        ["checksums-after"] = step.After is { } after ? new JsonArray([.. StoryWords.Judge(after).Select(Checksum)]) : null,
        ["reason"] = step.Reason is null ? null : CounterName.Of(step.Reason),
        ["fault"] = step.Fault,
        ["condition"] = step.Condition,
        ["shadow"] = step.Shadow is { } shadow ? new JsonObject { ["kind"] = shadow.Kind, ["changes"] = shadow.Changes } : null,
        ["made"] = new JsonArray([.. step.Made.Select(Made)]),
    };

    private static JsonObject Change(FieldChange change) => new()
    {
        ["field"] = KebabCase.Of(change.Field.ToString()),
        ["name"] = change.Name,
        ["from"] = change.From,
        ["to"] = change.To,
    };

    private static JsonObject Made(MadePacket made) => new()
    {
        ["direction"] = DirectionWord.Of(made.Direction),
        ["summary"] = PacketText.Summarize(made.Bytes),
        ["hex"] = Convert.ToHexStringLower(made.Bytes),
    };
}
