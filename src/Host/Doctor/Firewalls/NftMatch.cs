using System.Text.Json.Nodes;

namespace Culvert.Host.Doctor.Firewalls;

/// <summary>One comparison of an nftables rule.</summary>
internal static class NftMatch
{
    /// <summary>Reads a comparison; one that is not understood may match or not.</summary>
    public static Func<Probe, bool?> Read(JsonObject match)
    {
        var right = match["right"];
        var isNegated = (string?)match["op"] == "!=";
        Func<Probe, bool?> compare = Subject(match["left"]) switch
        {
            "ct state" => probe => Contains(right, probe.IsNew ? "new" : "established"),
            "meta l4proto" or "ip protocol" or "ip6 nexthdr" => probe => Contains(right, probe.Protocol),
            "meta iifname" or "meta iif" => probe => Device(right, probe.From),
            "meta oifname" or "meta oif" => probe => Device(right, probe.To),
            "udp dport" => probe => Of("udp", probe, Contains(right, probe.Port)),
            "tcp dport" => probe => Of("tcp", probe, Contains(right, probe.Port)),
            "th dport" => probe => Contains(right, probe.Port),
            ['u', 'd', 'p', ' ', ..] => probe => Of("udp", probe, null),
            ['t', 'c', 'p', ' ', ..] => probe => Of("tcp", probe, null),
            ['i', 'c', 'm', 'p', ..] => probe => probe.Protocol is null ? null : false,
            _ => _ => null,
        };
        return isNegated ? probe => !compare(probe) : compare;
    }

    private static string Subject(JsonNode? left) =>
        left?["payload"] is JsonObject payload ? $"{payload["protocol"]} {payload["field"]}"
        : left?["meta"] is JsonObject meta ? $"meta {meta["key"]}"
        : left?["ct"] is JsonObject state ? $"ct {state["key"]}"
        : "";

    private static bool? Of(string protocol, Probe probe, bool? rest) =>
        probe.Protocol is null ? null : probe.Protocol == protocol ? rest : false;

    private static bool? Device(JsonNode? right, string? device) => Values(right) is { } values
        ? NftRules.Any(values.Select(value => NftRules.Device(value, '*', device)))
        : null;

    private static bool? Contains(JsonNode? right, string? value) => value is null ? null : Values(right)?.Contains(value);

    private static bool? Contains(JsonNode? right, int? port)
    {
        if (port is not { } number)
        {
            return null;
        }

        bool?[] results = [.. Items(right).Select(item => item switch
        {
            JsonObject range when range["range"] is JsonArray { Count: 2 } ends =>
                NftRules.Port(ends[0]!.ToString()) is { } low && NftRules.Port(ends[1]!.ToString()) is { } high ? low <= number && number <= high : (bool?)null,
            JsonValue value when NftRules.Port(value.ToString()) is { } one => one == number,
            _ => null,
        })];
        return NftRules.Any(results);
    }

    // Null for a named set, which is elsewhere.
    private static IReadOnlyList<string>? Values(JsonNode? right)
    {
        string[] values = [.. Items(right).Select(item => item is JsonValue ? item.ToString() : "@")];
        return values.Any(value => value.StartsWith('@')) ? null : values;
    }

    private static IEnumerable<JsonNode?> Items(JsonNode? right)
    {
        var items = right is JsonObject set ? set["set"] as JsonArray : right as JsonArray;
        return items is null ? Enumerable.Repeat(right, 1) : items;
    }
}
