using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Engine.Control;

/// <summary>A candidate's status as JSON. The keys are described in docs/reference/status.md.</summary>
internal static class ShadowJson
{
    /// <summary>Writes a status; null for null.</summary>
    public static JsonObject? Write(ShadowStatus? shadow) => shadow is null ? null : new JsonObject
    {
        ["stage"] = shadow.Stage,
        ["plugin"] = shadow.Plugin,
        ["sample"] = shadow.Sample,
        ["running"] = shadow.OffReason is null,
        ["off-reason"] = shadow.OffReason,
        ["compared"] = shadow.Compared,
        ["different"] = shadow.Different,
        ["skipped"] = new JsonObject
        {
            ["behind"] = shadow.SkippedBehind,
            ["over-budget"] = shadow.SkippedOverBudget,
            ["too-long"] = shadow.SkippedTooLong,
        },
        ["faults"] = shadow.Faults,
        ["emitted"] = shadow.Emitted,
        ["ns-per-packet"] = shadow.NanosecondsPerPacket is { } time ? Math.Round(time, 1) : null,
        ["differences"] = new JsonArray([.. shadow.Differences.Select(Write)]),
    };

    /// <summary>Writes a kind of difference.</summary>
    public static JsonObject Write(ShadowDifference difference) => new()
    {
        ["kind"] = difference.Kind,
        ["packets"] = difference.Packets,
        ["first"] = difference.First.ToString("O", CultureInfo.InvariantCulture),
        ["direction"] = difference.Direction == Direction.Outbound ? "outbound" : "inbound",
        ["packet"] = difference.Packet,
        ["changes"] = difference.Changes,
    };
}
