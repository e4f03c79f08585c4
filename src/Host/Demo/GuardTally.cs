using System.Globalization;
using System.Text.RegularExpressions;

namespace Culvert.Host.Demo;

/// <summary>What the guards of both sites counted, read from the reports that a person reads too.</summary>
internal sealed partial record GuardTally(long Judged, long Valid)
{
    private const string Stage = "checksum-guard";

    /// <summary>True when something was judged and all of it was valid.</summary>
    public bool IsClean => Judged > 0 && Judged == Valid;

    /// <summary>Adds up the counters of the guard in a report: the indented lines below its name.</summary>
    public static GuardTally Of(string report)
    {
        var lines = report.Split('\n').Select(line => line.TrimEnd())
            .SkipWhile(line => line != Stage).Skip(1).TakeWhile(line => line.StartsWith(' '))
            .Select(line => CounterLine().Match(line)).ToArray();
        return new GuardTally(Sum(lines, "judged"), Sum(lines, "valid"));
    }

    public static GuardTally operator +(GuardTally left, GuardTally right) =>
        new(left.Judged + right.Judged, left.Valid + right.Valid);

    private static long Sum(IEnumerable<Match> lines, string name) => lines
        .Where(line => line.Groups["name"].Value == name)
        .Sum(line => long.Parse(line.Groups["value"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^ +(?<name>[a-z0-9-]+)[^:]*: (?<value>[0-9,]+) ", RegexOptions.ExplicitCapture)]
    private static partial Regex CounterLine();
}
