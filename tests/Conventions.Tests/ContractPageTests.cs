using System.Text.RegularExpressions;
using Culvert.Stages;

namespace Conventions.Tests;

/// <summary>The pages for authors: docs/reference/contract.md names every type, and what the pages show is code that is compiled and tested.</summary>
public sealed partial class ContractPageTests
{
    private static readonly string[] _pages =
        ["docs/reference/contract.md", "docs/how-to/hold-packets.md", "docs/how-to/debug-a-stage.md", "docs/how-to/update-a-plugin.md"];

    [Fact]
    public void Every_type_of_the_contract_is_on_the_page()
    {
        var page = Read("docs/reference/contract.md");
        var types = typeof(IPacketStage).Assembly.GetExportedTypes().Where(type => !type.IsNested).Select(type => type.Name.Split('`')[0]);

        Assert.All(types, type => Assert.Matches($@"`{type}\b", page));
    }

    [Fact]
    public void Every_example_is_an_excerpt_of_a_sample()
    {
        var compiled = Repository.Files("samples", ".cs").Select(file => Lines(File.ReadAllText(file))).ToList();
        var examples = _pages.SelectMany(page => Example().Matches(Read(page)), (page, match) => (Page: page, Code: Lines(match.Groups["code"].Value))).ToList();

        Assert.True(examples.Count >= 9);
        Assert.All(examples, example => Assert.True(
            compiled.Any(code => code.Contains(example.Code, StringComparison.Ordinal)), $"{example.Page}: no sample contains\n{example.Code}"));
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    // Indentation and blank lines do not count.
    private static string Lines(string text) => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();
}
