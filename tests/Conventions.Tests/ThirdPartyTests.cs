using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Conventions.Tests;

/// <summary>THIRD-PARTY-NOTICES.md lists the packages that a publish redistributes, no more and no fewer.</summary>
public sealed partial class ThirdPartyTests
{
    [Fact]
    public void The_notices_list_what_a_publish_redistributes()
    {
        var notices = File.ReadAllText(Path.Combine(Repository.Root, "THIRD-PARTY-NOTICES.md"));
        var listed = Listed().Matches(notices).Select(match => match.Groups["package"].Value);

        Assert.Equal(Redistributed(), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_changelog_has_a_place_for_the_next_change() =>
        Assert.Contains("\n## Unreleased\n", File.ReadAllText(Path.Combine(Repository.Root, "CHANGELOG.md")), StringComparison.Ordinal);

    // The program's output folder has the dependency files that a publish copies.
    private static IEnumerable<string> Redistributed()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var host = Path.Combine(own.Parent!.Parent!.FullName, "Host", own.Name);
        return Directory.EnumerateFiles(host, "*.deps.json", SearchOption.AllDirectories)
            .SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!["libraries"]!.AsObject())
            .Where(library => (string?)library.Value!["type"] == "package")
            .Select(library => library.Key.Split('/')[0])
            .Distinct().Order(StringComparer.Ordinal);
    }

    [GeneratedRegex("^- `(?<package>[^`]+)`$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Listed();
}
