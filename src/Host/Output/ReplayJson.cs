using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Tools.Replay;

namespace Culvert.Host.Output;

/// <summary>The machine-readable report of a replay.</summary>
internal static class ReplayJson
{
    public static JsonObject ToJson(ReplayReport report) => new()
    {
        ["direction"] = DirectionWord.Of(report.Direction),
        ["read"] = report.Read,
        ["written"] = report.Written,
        ["not-ip"] = report.NotIp,
        ["cut"] = report.Cut,
        ["over-mtu"] = report.OverMtu,
        ["unknown-links"] = report.Findings.UnknownLinks,
        ["unsegmented"] = report.Findings.Unsegmented,
        ["partial-checksums"] = report.Findings.PartialChecksums,
        ["sent-back"] = report.SentBack,
        ["failure"] = report.Failure,
        ["stages"] = Stages(report.Stages),
        ["inspection"] = report.Inspection is { } inspection ? StatusJson.Write(inspection) : null,
    };

    public static JsonObject ToJson(TwinReport report) => new()
    {
        ["read"] = report.Read,
        ["written"] = report.Written,
        ["not-ip"] = report.NotIp,
        ["cut"] = report.Cut,
        ["over-mtu"] = report.OverMtu,
        ["unknown-links"] = report.Findings.UnknownLinks,
        ["unsegmented"] = report.Findings.Unsegmented,
        ["partial-checksums"] = report.Findings.PartialChecksums,
        ["sent-back"] = report.SentBack,
        ["failure"] = report.Failure,
        ["site-a"] = Stages(report.SiteA),
        ["link"] = new JsonObject { ["a-to-b"] = Link(report.There), ["b-to-a"] = Link(report.Back) },
        ["site-b"] = Stages(report.SiteB),
    };

    private static JsonObject Link(TwinLinkTally tally) => new()
    {
        ["sent"] = tally.Sent,
        ["lost"] = tally.Lost,
        ["too-large"] = tally.TooLarge,
        ["reordered"] = tally.Reordered,
        ["duplicated"] = tally.Duplicated,
    };

    private static JsonArray Stages(IEnumerable<StageTally> stages) => new([.. stages.Select(Stage)]);

    private static JsonObject Stage(StageTally stage) => new()
    {
        ["id"] = stage.Id,
        ["in"] = stage.In,
        ["passed"] = stage.Passed,
        ["changed"] = stage.Changed,
        ["changed-fields"] = Counts(stage.ChangedFields),
        ["made-bad"] = stage.MadeBad,
        ["dropped"] = Counts(stage.Drops),
        ["taken"] = stage.Taken,
        ["faulted"] = stage.Faulted,
        ["emitted"] = stage.Emitted,
        ["when"] = stage.When,
        ["passed-by"] = stage.PassedBy,
        ["shadow"] = ShadowJson.Write(stage.Shadow),
        ["counters"] = new JsonArray([.. stage.Counters.Where(counter => counter.Value != 0).Select(counter => new JsonObject
        {
            ["name"] = counter.Name,
            ["tags"] = new JsonObject(counter.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value))),
            ["value"] = counter.Value,
            ["unit"] = counter.Unit,
        })]),
        ["details"] = stage.Details?.DeepClone(),
    };

    private static JsonObject Counts(IEnumerable<KeyValuePair<string, long>> counts) =>
        new(counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value)));
}
