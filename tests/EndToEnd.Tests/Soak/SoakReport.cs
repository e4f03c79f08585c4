using System.Globalization;
using System.Text;

namespace EndToEnd.Tests.Soak;

/// <summary>The sums of a soak.</summary>
/// <param name="traffic">What was sent, left to right and right to left.</param>
/// <param name="lost">When the network lost a datagram of it, in the same order.</param>
/// <param name="outages">When an end was killed or took new keys: what is lost then is no fault.</param>
/// <param name="events">What happened, and how often.</param>
/// <param name="memory">The left end's memory.</param>
internal sealed class SoakReport(
    NumberedTraffic[] traffic, long[][] lost, IReadOnlyList<(long From, long To)> outages, IReadOnlyDictionary<string, int> events, MemoryWatch memory)
{
    // What was under way at the border of an outage may count on either side.
    private int Blur => 2 * (outages.Count + 1);

    /// <summary>Whether nothing came twice or damaged, and nothing is missing beyond what the network lost.</summary>
    public bool IsSound => traffic.All(one => one.Twice == 0 && one.Damaged == 0) && traffic.Index().All(one => Beyond(one.Index) <= Blur);

    /// <summary>A table for people.</summary>
    public string Table(string faults, long carried)
    {
        var text = new StringBuilder("\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"{string.Join(", ", events.Select(pair => $"{pair.Value} {pair.Key}"))}; {carried} datagrams on the network; faults {faults}");
        Row(text, "", ["left to right", "right to left"]);
        Row(text, "sent", traffic.Select(one => $"{one.Counts.Sent}"));
        Row(text, "received", traffic.Select(one => $"{one.Counts.Received}"));
        Row(text, "lost by the network", lost.Select(one => $"{one.Count(IsCalm)}"));
        Row(text, "lost in outages", traffic.Select(one => $"{one.Missing().Count(at => !IsCalm(at))}"));
        Row(text, "lost beyond", traffic.Select((_, i) => $"{Beyond(i)}"));
        Row(text, "came late", traffic.Select(one => $"{one.Late}"));
        Row(text, "came twice", traffic.Select(one => $"{one.Twice}"));
        Row(text, "came damaged", traffic.Select(one => $"{one.Damaged}"));
        Row(text, "seconds of outage", [$"{outages.Sum(outage => outage.To - outage.From) / 1000}"]);
        foreach (var (name, use) in memory.Summary)
        {
            Row(text, "left end, " + name, [use.ToString()]);
        }

        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, IEnumerable<string> cells) =>
        text.AppendLine($"{name,-22}{string.Concat(cells.Select(cell => $"{cell,16}"))}");

    private int Beyond(int direction) => traffic[direction].Missing().Count(IsCalm) - lost[direction].Count(IsCalm);

    private bool IsCalm(long at) => !outages.Any(outage => at >= outage.From && at <= outage.To);
}
