using System.Text.Json.Nodes;
using Culvert.Tools.Diffs;

namespace Culvert.Host.Output;

/// <summary>The machine-readable result of a comparison of two pipelines.</summary>
internal static class DiffJson
{
    public static JsonObject ToJson(DiffReport report) => new()
    {
        ["read"] = report.Read,
        ["not-ip"] = report.NotIp,
        ["compared"] = report.Compared,
        ["different"] = report.Different,
        ["ungrouped"] = report.Ungrouped,
        ["groups"] = new JsonArray([.. report.Groups.Select(Group)]),
        ["counters"] = new JsonArray([.. report.Counters.Select(counter => new JsonObject
        {
            ["stage"] = counter.Stage,
            ["name"] = counter.Name,
            ["old"] = counter.Old,
            ["new"] = counter.New,
        })]),
        ["old-failure"] = report.OldFailure,
        ["new-failure"] = report.NewFailure,
    };

    private static JsonObject Group(DiffGroup group) => new()
    {
        ["stage"] = group.Stage,
        ["kind"] = group.Kind,
        ["packets"] = group.Packets,
        ["first"] = group.First,
        ["example"] = group.Example,
        ["changes"] = group.Changes,
        ["flows"] = new JsonArray([.. group.Flows.Select(flow => new JsonObject { ["flow"] = flow.Key, ["packets"] = flow.Value })]),
        ["other-flows"] = group.OtherFlows,
    };
}
