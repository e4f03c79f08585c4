using System.Text.Json.Nodes;
using Culvert.Packets;

namespace Culvert.Engine.Inspection;

/// <summary>One packet's way through the chain.</summary>
/// <param name="Direction">Which way it went.</param>
/// <param name="Entered">How it came in: <c>received by tun</c>, <c>emitted by encrypt</c>.</param>
/// <param name="Text">The packet as it came in.</param>
/// <param name="Steps">The result of each stage, in the order of the path.</param>
internal sealed record PacketTrace(Direction Direction, string Entered, string Text, IReadOnlyList<TraceStep> Steps)
{
    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["direction"] = Direction == Direction.Outbound ? "outbound" : "inbound",
        ["entered"] = Entered,
        ["packet"] = Text,
        ["steps"] = new JsonArray([.. Steps.Select(step => step.ToJson())]),
    };
}

/// <summary>The result of one stage for a packet.</summary>
/// <param name="StageId">The stage's id.</param>
/// <param name="Outcome"><c>passed</c>, <c>passed-by</c> (the entry's condition did not match), <c>dropped</c>, <c>taken</c> (the stage keeps it) or <c>faulted</c> (the stage threw).</param>
/// <param name="Changes">The fields that changed, from and to; or how long the packet is now where fields cannot be compared.</param>
/// <param name="Reason">The counter that it was dropped under, or the expression for the packets that pass by; null otherwise.</param>
/// <param name="Text">The packet behind the stage, where it has become an IP packet; null else.</param>
internal sealed record TraceStep(string StageId, string Outcome, IReadOnlyList<string> Changes, string? Reason, string? Text)
{
    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["stage"] = StageId,
        ["outcome"] = Outcome,
        ["changes"] = new JsonArray([.. Changes.Select(change => (JsonNode)change)]),
        ["reason"] = Reason,
        ["packet"] = Text,
    };
}
