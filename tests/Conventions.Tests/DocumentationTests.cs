using System.Text.RegularExpressions;
using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Filtering.Grammar;

namespace Conventions.Tests;

/// <summary>The reference pages say what the program says.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_diagnostic_has_its_place_on_the_page()
    {
        var headings = DiagnosticHeading().Matches(Page("reference/diagnostics.md")).Select(match => match.Groups["text"].Value);

        Assert.Equal(DiagnosticCodes.All.Select(code => $"{code.Id}: {code.Title}"), headings);
    }

    [Fact]
    public void Every_diagnostic_has_a_number_of_its_own() =>
        Assert.Equal(DiagnosticCodes.All.Count, DiagnosticCodes.All.DistinctBy(code => code.Id).Count());

    [Fact]
    public void Every_key_of_the_file_is_on_its_page()
    {
        var page = Page("reference/pipeline-yaml.md");
        var keys = OptionSchema.Of(typeof(PipelineSettings)).Keys.Concat(OptionSchema.Of(typeof(EntryKeys)).Keys);

        Assert.Empty(keys.Where(key => !page.Contains($"`{key.Name}`", StringComparison.Ordinal)).Select(key => key.Name));
    }

    [Fact]
    public void Every_word_of_the_filter_language_is_on_its_page()
    {
        var page = Page("reference/filter-language.md");
        var names = Names.IcmpTypes.Keys.Concat(Names.Icmpv6Types.Keys).Concat(Names.Ecns.Keys)
            .Where(name => !name.StartsWith("icmp", StringComparison.Ordinal));

        Assert.All(Words.All.Concat(names), word => Assert.Matches($"`{word}\\b", page));
    }

    [Fact]
    public void Every_command_is_on_its_page()
    {
        var page = Page("reference/commands.md");
        var commands = Directory.GetFiles(Path.Combine(Repository.Root, "src", "Host"), "*Command.cs", SearchOption.AllDirectories)
            .SelectMany(file => CommandName().Matches(File.ReadAllText(file)))
            .Where(match => !match.Groups["rest"].Value.Contains("Hidden = true", StringComparison.Ordinal))
            .Select(match => match.Groups["name"].Value).ToList();

        Assert.Contains("check", commands);
        Assert.All(commands, command => Assert.Contains($"## culvert {command}", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        string[] folders = ["docs", "plugins", "samples", "src/Testing"];
        var pages = folders.SelectMany(folder => Repository.Files(folder, ".md")).Concat(Directory.GetFiles(Repository.Root, "*.md"));
        var dead =
            from page in pages
            from match in Link().Matches(File.ReadAllText(page))
            let target = match.Groups["target"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target))
            select $"{Repository.Relative(page)}: {target}";

        Assert.Empty(dead);
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(Repository.Root, "docs", name));

    [GeneratedRegex("^### (?<text>CV.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DiagnosticHeading();

    [GeneratedRegex("new Command\\(\\s*\"(?<name>[a-z]+)\"(?<rest>.{0,400})", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex CommandName();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
