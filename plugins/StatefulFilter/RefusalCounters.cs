using Culvert.Counters;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>What became of rejected packets. Any thread may count.</summary>
internal sealed class RefusalCounters(CounterSet counters)
{
    public Counter Answered { get; } = counters.Create("answered", "packets", "Rejected packets that were answered.");

    public Counter Limited { get; } =
        counters.Create("answers-limited", "packets", "Rejected packets without an answer, to bound the rate of answers.");

    public Counter Unanswerable { get; } =
        counters.Create("unanswerable", "packets", "Rejected packets that must not be answered, errors for example.");
}
