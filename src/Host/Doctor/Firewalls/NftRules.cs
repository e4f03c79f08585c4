using System.Globalization;
using System.Text.Json.Nodes;

namespace Culvert.Host.Doctor.Firewalls;

/// <summary>Reads what <c>nft -j list ruleset</c> prints; see libnftables-json(5).</summary>
internal static class NftRules
{
    /// <summary>Reads the chains of a ruleset, but for those that <c>iptables</c> keeps in nftables: its own program prints them completely.</summary>
    public static IReadOnlyList<Chain> Read(JsonNode? output)
    {
        var chains = new List<Chain>();
        foreach (var item in (output?["nftables"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (item["chain"] is JsonObject chain && IsFamily(chain))
            {
                chains.Add(new Chain(Table(chain), (string?)chain["name"] ?? "", (string?)chain["hook"], (string?)chain["policy"] == "drop"));
            }
            else if (item["rule"] is JsonObject rule && chains.Find(one => one.Table == Table(rule) && one.Name == (string?)rule["chain"]) is { } owner)
            {
                owner.Rules.AddRange(ReadRule(rule["expr"] as JsonArray ?? []));
            }
        }

        return chains;
    }

    private static bool IsFamily(JsonObject chain) => (string?)chain["family"] is "ip" or "ip6" or "inet"
        && !((string?)chain["table"] == "filter" && (string?)chain["name"] is { } name && name == name.ToUpperInvariant());

    private static string Table(JsonObject item) => $"{item["family"]} {item["table"]}";

    private static IEnumerable<Rule> ReadRule(JsonArray expressions)
    {
        var matches = new List<Func<Probe, bool?>>();
        long? packets = null;
        foreach (var expression in expressions.OfType<JsonObject>())
        {
            var (name, value) = expression.First();
            switch (name)
            {
                case "counter":
                    packets = (long?)(value as JsonObject)?["packets"];
                    break;
                case "log" or "comment" or "notrack" or "mangle" or "meta":
                    break;
                case "match":
                    matches.Add(NftMatch.Read(value!.AsObject()));
                    break;
                case "vmap" when IsState(value!["key"]):
                    return States(matches, value!["data"]?["set"] as JsonArray ?? []);
                case "accept" or "drop" or "reject" or "return" or "jump" or "goto":
                    return [new Rule(All(matches), Action(name), (string?)(value as JsonObject)?["target"], packets)];
                default:
                    // What is not understood may match or not, and a verdict map may accept.
                    matches.Add(_ => null);
                    if (name is "vmap" or "xt" or "queue" or "tproxy" or "synproxy")
                    {
                        return [new Rule(All(matches), RuleAction.Unknown)];
                    }

                    break;
            }
        }

        return [];
    }

    private static bool IsState(JsonNode? key) => (string?)key?["ct"]?["key"] == "state";

    // ct state vmap { established : accept, related : accept, invalid : drop }
    private static IEnumerable<Rule> States(List<Func<Probe, bool?>> matches, JsonArray pairs) => pairs.OfType<JsonArray>().Select(pair =>
    {
        var state = (string?)pair[0];
        var (name, value) = pair[1]!.AsObject().First();
        return new Rule(All([.. matches, probe => (probe.IsNew ? "new" : "established") == state]), Action(name), (string?)(value as JsonObject)?["target"]);
    }).ToList();

    private static RuleAction Action(string name) => name switch
    {
        "accept" => RuleAction.Accept,
        "drop" or "reject" => RuleAction.Drop,
        "return" => RuleAction.Return,
        "jump" or "goto" => RuleAction.Jump,
        _ => RuleAction.Unknown,
    };

    /// <summary>Whether all match: no as soon as one does not, unknown when one is.</summary>
    internal static Func<Probe, bool?> All(IReadOnlyList<Func<Probe, bool?>> matches) => probe =>
    {
        bool?[] results = [.. matches.Select(match => match(probe))];
        return results.Contains(false) ? false : results.Contains(null) ? null : true;
    };

    /// <summary>Whether one matches: yes as soon as one does, unknown when one is.</summary>
    internal static bool? Any(IEnumerable<bool?> results) => results.Aggregate((bool?)false, (a, b) => a == true || b == true ? true : a is null || b is null ? null : false);

    /// <summary>Whether a rule's device is the packet's. Which one a packet came by is unknown at input, but not the loopback device.</summary>
    internal static bool? Device(string pattern, char wildcard, string? device) =>
        device is null ? pattern == "lo" ? false : null
        : pattern.EndsWith(wildcard) ? device.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == device;

    internal static int? Port(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
}
