namespace Culvert.Host.Doctor.Firewalls;

/// <summary>Reads what <c>iptables-save -c</c> prints; see iptables-extensions(8).</summary>
internal static class IptablesRules
{
    /// <summary>Reads the chains of the table <c>filter</c>.</summary>
    /// <param name="text">The program's output.</param>
    /// <param name="program"><c>iptables</c> or <c>ip6tables</c>.</param>
    public static IReadOnlyList<Chain> Read(string? text, string program)
    {
        var chains = new List<Chain>();
        var isFilter = false;
        foreach (var line in (text ?? "").Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                isFilter = line == "*filter";
            }
            else if (isFilter && line.StartsWith(':'))
            {
                chains.Add(ReadChain(line[1..].Split(' '), program));
            }
            else if (isFilter && line.StartsWith('['))
            {
                // [packets:bytes] -A CHAIN …
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                chains.Find(chain => words.Length > 2 && chain.Name == words[2])?.Rules.Add(ReadRule(words[3..], Packets(words[0])));
            }
        }

        return chains;
    }

    private static Chain ReadChain(string[] words, string program)
    {
        var hook = words[0] is "INPUT" or "FORWARD" or "OUTPUT" ? words[0].ToLowerInvariant() : null;
        return new Chain($"{program} filter", words[0], hook, words.ElementAtOrDefault(1) == "DROP") { PolicyPackets = words.Length > 2 ? Packets(words[2]) : null };
    }

    private static long? Packets(string counter) => long.TryParse(counter.TrimStart('[').Split(':')[0], out var packets) ? packets : null;

    private static Rule ReadRule(string[] words, long? packets)
    {
        var matches = new List<Func<Probe, bool?>>();
        var (action, target) = (RuleAction.None, (string?)null);
        for (var i = 0; i < words.Length; i++)
        {
            var value = words.ElementAtOrDefault(i + 1) ?? "";
            var isNegated = i > 0 && words[i - 1] == "!";
            if (words[i] is "-j" or "-g")
            {
                (action, target) = (Action(value), value);
            }
            else if (words[i].StartsWith('-') && words[i] is not "-m" && action == RuleAction.None)
            {
                var match = Match(words[i], value);
                matches.Add(isNegated ? probe => !match(probe) : match);
            }
        }

        return new Rule(NftRules.All(matches), action, target, packets);
    }

    private static RuleAction Action(string target) => target switch
    {
        "ACCEPT" => RuleAction.Accept,
        "DROP" or "REJECT" => RuleAction.Drop,
        "RETURN" => RuleAction.Return,
        "LOG" or "NFLOG" or "MARK" or "CONNMARK" or "TCPMSS" => RuleAction.None,
        "NFQUEUE" => RuleAction.Unknown,
        _ => RuleAction.Jump,
    };

    private static Func<Probe, bool?> Match(string option, string value) => option switch
    {
        "-p" => probe => probe.Protocol is null ? null : probe.Protocol == value,
        "--dport" => probe => Port(value, probe.Port),
        "--dports" => probe => NftRules.Any(value.Split(',').Select(part => Port(part, probe.Port))),
        "-i" => probe => NftRules.Device(value, '+', probe.From),
        "-o" => probe => NftRules.Device(value, '+', probe.To),
        "--ctstate" or "--state" => probe => value.Split(',').Contains(probe.IsNew ? "NEW" : "ESTABLISHED"),
        "--comment" => _ => true,
        _ => _ => null,
    };

    private static bool? Port(string range, int? port)
    {
        string[] ends = range.Split(':');
        return port is { } number && NftRules.Port(ends[0]) is { } low && NftRules.Port(ends[^1]) is { } high ? low <= number && number <= high : null;
    }
}
