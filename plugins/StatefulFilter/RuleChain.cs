using Culvert.Counters;
using Culvert.Filtering;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>The rules in order with the default behind them, for one direction. Belongs to that direction's thread.</summary>
/// <param name="options">The options, valid.</param>
/// <param name="counters">The stage's counters.</param>
/// <param name="direction">The direction as counters spell it.</param>
internal sealed class RuleChain(FilterOptions options, CounterSet counters, string direction)
{
    private readonly Rule[] _rules = [.. options.Rules.Select((rule, index) => Rule.Create(rule, index, counters, direction))];
    private readonly Rule _default = Rule.CreateDefault(options.Default, counters, direction);

    /// <summary>Returns the first rule that matches a packet; the default when none does.</summary>
    public Rule Find(in PacketKey key)
    {
        foreach (var rule in _rules)
        {
            if (rule.Matches(key))
            {
                return rule;
            }
        }

        return _default;
    }

    /// <summary>Publishes what was counted since the last call; once a batch.</summary>
    public void Publish()
    {
        foreach (var rule in _rules)
        {
            rule.Publish();
        }

        _default.Publish();
    }
}
