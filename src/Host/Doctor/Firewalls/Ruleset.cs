namespace Culvert.Host.Doctor.Firewalls;

/// <summary>What a rule does with a packet that it matches.</summary>
internal enum RuleAction
{
    /// <summary>Counts or logs; the next rule follows.</summary>
    None,

    /// <summary>The chain's hook is passed.</summary>
    Accept,

    /// <summary>The packet is lost.</summary>
    Drop,

    /// <summary>Another chain follows, then the next rule.</summary>
    Jump,

    /// <summary>The calling chain continues.</summary>
    Return,

    /// <summary>Something that this program does not know.</summary>
    Unknown,
}

/// <summary>A rule.</summary>
/// <param name="Matches">Whether it matches; null when that cannot be known.</param>
/// <param name="Action">What it does.</param>
/// <param name="Target">The chain of a jump.</param>
/// <param name="Packets">The packets that it has counted; null without a counter.</param>
internal sealed record Rule(Func<Probe, bool?> Matches, RuleAction Action, string? Target = null, long? Packets = null);

/// <summary>A chain.</summary>
/// <param name="Table">The table's family and name.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hook">The hook that it is at; null for one that others jump to.</param>
/// <param name="Drops">Whether its policy is to drop.</param>
internal sealed record Chain(string Table, string Name, string? Hook, bool Drops)
{
    /// <summary>The rules in their order.</summary>
    public List<Rule> Rules { get; } = [];

    /// <summary>The packets that the policy has taken; null when they are not counted.</summary>
    public long? PolicyPackets { get; init; }
}

/// <summary>
/// A firewall's rules as far as this program understands them. Answers only what is certain: a rule that it cannot judge may accept, and after it
/// nothing is certain any more.
/// </summary>
/// <param name="chains">All chains.</param>
internal sealed class Ruleset(IReadOnlyList<Chain> chains)
{
    private const int MaxDepth = 16;

    private readonly Dictionary<(string Table, string Name), Chain> _chains = chains.DistinctBy(chain => (chain.Table, chain.Name)).ToDictionary(chain => (chain.Table, chain.Name));

    private enum Verdict
    {
        Continue,
        Passes,
        Drops,
        Unsure,
    }

    /// <summary>Where a packet is surely dropped, in words; null when it is not, or that cannot be known.</summary>
    public string? WhereDropped(Probe probe) => chains.Where(chain => chain.Hook == probe.Hook).Select(chain =>
    {
        var (verdict, packets) = Walk(chain, probe, 0);
        var isPolicy = verdict == Verdict.Continue && chain.Drops;
        return verdict == Verdict.Drops || isPolicy ? Words(chain, isPolicy, isPolicy ? chain.PolicyPackets : packets) : null;
    }).FirstOrDefault(where => where is not null);

    private static string Words(Chain chain, bool isPolicy, long? packets) =>
        $"table {chain.Table}, chain {chain.Name}{(isPolicy ? ", policy" : "")}{(packets is { } count ? $"; its counter says {count} packets" : "")}";

    private (Verdict Verdict, long? Packets) Walk(Chain chain, Probe probe, int depth)
    {
        foreach (var rule in chain.Rules)
        {
            var matches = rule.Matches(probe);
            if (matches == false || rule.Action == RuleAction.None)
            {
                continue;
            }

            var (verdict, packets) = Follow(chain, rule, probe, depth);
            if (rule.Action == RuleAction.Return && matches == true)
            {
                return (Verdict.Continue, null);
            }

            if (matches == true ? verdict != Verdict.Continue : verdict is Verdict.Passes or Verdict.Unsure)
            {
                return matches == true ? (verdict, packets) : (Verdict.Unsure, null);
            }
        }

        return (Verdict.Continue, null);
    }

    private (Verdict Verdict, long? Packets) Follow(Chain chain, Rule rule, Probe probe, int depth) => rule.Action switch
    {
        RuleAction.Accept => (Verdict.Passes, null),
        RuleAction.Drop => (Verdict.Drops, rule.Packets),
        RuleAction.Return => (Verdict.Continue, null),
        RuleAction.Jump when depth < MaxDepth && _chains.TryGetValue((chain.Table, rule.Target!), out var target) => Walk(target, probe, depth + 1),
        _ => (Verdict.Unsure, null),
    };
}
