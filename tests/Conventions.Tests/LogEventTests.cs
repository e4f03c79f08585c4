using System.Text.Json;
using System.Text.RegularExpressions;

namespace Conventions.Tests;

/// <summary>Programs follow the log by its events: one event has one id and one name, and those on the page exist.</summary>
public sealed partial class LogEventTests
{
    // The pipeline's own entries have the sources 'culvert', and its stages', beside those that stages make themselves.
    private static readonly string[] _own = ["src/Host", "src/Engine", "src/Endpoints"];

    [Fact]
    public void An_event_has_an_id_of_its_own()
    {
        var own = _own.SelectMany(Events).Where(one => one.Class != "InspectionLog").ToList();
        Assert.Equal(own.Count, own.DistinctBy(one => one.Id).Count());
        foreach (var plugin in Directory.GetDirectories(Path.Combine(Repository.Root, "plugins")))
        {
            var events = Events(plugin).Concat(own.Where(one => one.Class is "RunningLog" or "ClientLog")).ToList();
            Assert.True(events.Count == events.DistinctBy(one => one.Id).Count(), $"{plugin}: {string.Join(", ", Twice(events))}");
        }
    }

    [Fact]
    public void Every_event_on_the_page_exists_and_has_its_fields()
    {
        var known = _own.Append("plugins").SelectMany(Events).ToLookup(one => one.Name);
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/reference/events.md"));
        var rows = page[page.IndexOf("## Names", StringComparison.Ordinal)..].Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)
            && !line.Contains("`events-lost`", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(rows);
        foreach (var cells in rows.Select(row => row.Split('|')))
        {
            var fields = Quoted().Matches(cells[4]).Select(match => match.Groups["word"].Value).ToList();
            var names = Quoted().Matches(cells[1]).Select(match => match.Groups["word"].Value).ToList();
            Assert.All(names, name => Assert.True(known[name].Any(), $"'{name}' is no event"));
            Assert.All(fields, field => Assert.True(names.Any(name => known[name].Any(one => one.Fields.Contains(field))), $"'{names[0]}' has no field '{field}'"));
        }
    }

    private static IEnumerable<string> Twice(IEnumerable<LogEvent> events) =>
        events.GroupBy(one => one.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(" and ", group.Select(one => one.Name))}");

    private static IEnumerable<LogEvent> Events(string folder) =>
        from file in Repository.Files(folder, ".cs")
        from match in Message().Matches(File.ReadAllText(file))
        select new LogEvent(
            Path.GetFileNameWithoutExtension(file), int.Parse(match.Groups["id"].Value), Kebab(match.Groups["name"].Value),
            [.. match.Groups["parameters"].Value.Split(',').Select(parameter => Kebab(parameter.Trim().Split(' ')[^1]))]);

    private static string Kebab(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    [GeneratedRegex(
        @"\[LoggerMessage\(\s*(?:EventId = )?(?<id>[0-9]+),.*?\)\]\s*public static partial void (?<name>\w+)\((?<parameters>[^)]*)\)",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Message();

    [GeneratedRegex("`(?<word>[a-z-]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    private sealed record LogEvent(string Class, int Id, string Name, IReadOnlyList<string> Fields);
}
