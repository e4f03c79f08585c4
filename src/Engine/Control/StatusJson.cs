using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Inspection;
using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Engine.Control;

/// <summary>A pipeline's status as JSON: what <c>culvert status --format json</c> prints. The keys are described in docs/reference/status.md.</summary>
internal static class StatusJson
{
    /// <summary>Writes a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="inspection">The inspection's findings; null when inspection is off.</param>
    /// <param name="clients">The counters of the host's own servers; null when it has none.</param>
    public static JsonObject Write(PipelineStatus status, InspectionReport? inspection = null, CounterSet? clients = null)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new JsonObject
        {
            ["uptime-seconds"] = Math.Round(status.Uptime.TotalSeconds, 3),
            ["lanes"] = status.Lanes,
            ["mtu"] = status.Mtu,
            ["leases-in-use"] = status.LeasesInUse,
            ["lease-capacity"] = status.LeaseCapacity,
            ["stages"] = new JsonArray([.. status.Stages.Select(Write)]),
            ["inspection"] = inspection is null ? null : Write(inspection),
            ["clients"] = new JsonArray([.. (clients?.All ?? []).Select(Write)]),
        };
    }

    /// <summary>Writes what the inspection has found.</summary>
    public static JsonObject Write(InspectionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new JsonObject
        {
            ["every"] = report.Every,
            ["sampled"] = report.Sampled,
            ["checksums"] = new JsonArray([.. report.Checksums.Select(Write)]),
            ["blames"] = new JsonArray([.. report.Blames.Select(Write)]),
        };
    }

    private static JsonObject Write(ChecksumTotals totals) => new()
    {
        ["direction"] = Word(totals.Direction),
        ["protocol"] = totals.Protocol,
        ["judged"] = totals.Judged,
        ["valid"] = totals.Valid,
        ["arrived-bad"] = totals.ArrivedBad,
        ["made-bad"] = totals.MadeBad,
        ["repaired"] = totals.Repaired,
        ["dropped"] = totals.Dropped,
        ["none-carried"] = totals.NoneCarried,
        ["cannot-be-judged"] = totals.CannotBeJudged,
    };

    private static JsonObject Write(StageBlame blame) => new()
    {
        ["stage"] = blame.StageId,
        ["direction"] = Word(blame.Direction),
        ["deed"] = blame.Deed,
        ["what"] = blame.What,
        ["count"] = blame.Count,
        ["first"] = blame.First.ToString("O", CultureInfo.InvariantCulture),
        ["example"] = blame.Example,
        ["found"] = blame.Found,
        ["wanted"] = blame.Wanted,
    };

    private static string Word(Direction direction) => direction == Direction.Outbound ? "outbound" : "inbound";

    private static JsonObject Write(StageStatus stage) => new()
    {
        ["id"] = stage.Id,
        ["stage"] = stage.Stage,
        ["mtu"] = stage.Mtu,
        ["mtu-derivation"] = stage.Derivation,
        ["above"] = stage.Above,
        ["below"] = stage.Below,
        ["overhead"] = stage.Overhead,
        ["faults"] = stage.Faults,
        ["last-fault"] = stage.LastFault is { } fault
            ? new JsonObject { ["message"] = SecretMask.Apply(fault.Message), ["time"] = fault.At.ToString("O", CultureInfo.InvariantCulture) }
            : null,
        ["bypassed"] = stage.IsBypassed,
        ["when"] = stage.When?.ToString(),
        ["shadow"] = ShadowJson.Write(stage.Shadow),
        ["outbound"] = Write(stage.Outbound),
        ["inbound"] = Write(stage.Inbound),
        ["held"] = stage.Held,
        ["rented"] = stage.Rented,
        ["released"] = stage.Released,
        ["counters"] = new JsonArray([.. stage.Counters.Select(Write)]),
        ["details"] = stage.Details,
    };

    private static JsonObject Write(TrafficStatus traffic) => new()
    {
        ["packets-in"] = traffic.PacketsIn,
        ["bytes-in"] = traffic.BytesIn,
        ["packets-out"] = traffic.PacketsOut,
        ["dropped"] = traffic.Dropped,
        ["discarded"] = traffic.Discarded,
        ["consumed"] = traffic.Consumed,
        ["taken"] = traffic.Taken,
        ["faulted"] = traffic.Faulted,
        ["emitted"] = traffic.Emitted,
        ["passed-by"] = traffic.PassedBy,
        ["ns-per-packet"] = traffic.NanosecondsPerPacket is { } time ? Math.Round(time, 1) : null,
    };

    private static JsonObject Write(Counter counter) => new()
    {
        ["name"] = counter.Name,
        ["tags"] = new JsonObject(counter.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value))),
        ["value"] = counter.Value,
        ["unit"] = counter.Unit,
        ["drop"] = counter.IsDropReason,
        ["description"] = counter.Description,
        ["last"] = DropExample.Write(counter),
    };
}
