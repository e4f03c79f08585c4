using Culvert.Counters;
using Culvert.Filtering;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>One rule with its counters for one direction. Belongs to that direction's thread.</summary>
internal sealed class Rule
{
    private readonly PacketFilter _filter;
    private readonly BatchCounter? _allowed;

    private Rule(PacketFilter filter, FilterVerdict verdict, CounterSet counters, params ReadOnlySpan<KeyValuePair<string, string>> tags)
    {
        (_filter, Verdict) = (filter, verdict);
        switch (verdict)
        {
            case FilterVerdict.Allow:
                _allowed = new(counters.Create("allowed", "packets", "Packets that an allow rule, or the default, let pass.", tags));
                break;
            case FilterVerdict.Reject:
                Reason = counters.DropReason("rejected-by-rule", "Packets that a reject rule refused.", tags);
                break;
            default:
                Reason = counters.DropReason("denied-by-rule", "Packets that a drop rule, or the default, refused.", tags);
                break;
        }
    }

    /// <summary>The verdict on a packet that matches.</summary>
    public FilterVerdict Verdict { get; }

    /// <summary>The reason under which the packet is dropped; null when it passes.</summary>
    public DropReason? Reason { get; }

    /// <summary>Creates a rule of the file.</summary>
    public static Rule Create(RuleOptions options, int index, CounterSet counters, string direction)
    {
        var (filter, verdict) = options switch
        {
            { Allow: { } allow } => (allow, FilterVerdict.Allow),
            { Drop: { } drop } => (drop, FilterVerdict.Drop),
            _ => (options.Reject!, FilterVerdict.Reject),
        };
        return Create(filter, verdict, counters, FilterRules.NameOf(options, index), direction);
    }

    /// <summary>Creates the rule behind the last one, which every packet matches.</summary>
    public static Rule CreateDefault(FilterDefault verdict, CounterSet counters, string direction) => Create(
        PacketFilter.Everything, verdict == FilterDefault.Allow ? FilterVerdict.Allow : FilterVerdict.Drop, counters, "default", direction);

    /// <summary>Declares what rules count, whatever their verdicts.</summary>
    public static void DeclareCounters(CounterSet counters, string direction)
    {
        foreach (var verdict in Enum.GetValues<FilterVerdict>())
        {
            Create(PacketFilter.Everything, verdict, counters, "default", direction);
        }
    }

    /// <summary>Whether the rule decides about a packet.</summary>
    public bool Matches(in PacketKey key) => _filter.Matches(key);

    /// <summary>Counts a packet that the rule let pass.</summary>
    public void NoteAllowed() => _allowed?.Increment();

    /// <summary>Publishes what was counted since the last call; once a batch.</summary>
    public void Publish() => _allowed?.Publish();

    private static Rule Create(PacketFilter filter, FilterVerdict verdict, CounterSet counters, string name, string direction) =>
        new(filter, verdict, counters, KeyValuePair.Create("rule", name), KeyValuePair.Create("direction", direction));
}
