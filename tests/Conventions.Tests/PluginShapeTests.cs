using System.Text.RegularExpressions;

namespace Conventions.Tests;

/// <summary>Every plugin has one recognisable shape: README, project, one stage, its options, pure logic beside them.</summary>
public sealed class PluginShapeTests
{
    public static TheoryData<string> Plugins =>
        [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "plugins"))
            .Select(folder => Path.GetFileName(folder)!).Where(HasSource).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Plugins))]
    public void The_project_is_named_after_its_folder(string plugin) => Assert.True(File.Exists(Inside(plugin, plugin + ".csproj")));

    [Theory]
    [MemberData(nameof(Plugins))]
    public void There_is_one_stage_and_its_options(string plugin)
    {
        var stage = Path.GetFileName(Assert.Single(Directory.GetFiles(Inside(plugin), "*Stage.cs")));
        var options = stage.Replace("Stage.cs", "Options.cs", StringComparison.Ordinal);

        // Stages of the same name on different systems share their options.
        string[] places = [Inside(plugin, options), Path.Combine(Repository.Root, "src", "Endpoints", options)];
        Assert.True(places.Any(File.Exists), $"{stage} without its options");
    }

    [Theory]
    [MemberData(nameof(Plugins))]
    public void The_README_states_place_options_and_counters(string plugin)
    {
        var readme = File.ReadAllText(Inside(plugin, "README.md"));

        Assert.StartsWith("# ", readme, StringComparison.Ordinal);
        Assert.Contains("```", readme, StringComparison.Ordinal);
        Assert.Contains("## Options", readme, StringComparison.Ordinal);
        Assert.Contains("ounters", readme, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Plugins))]
    public void The_README_names_every_option(string plugin)
    {
        var readme = File.ReadAllText(Inside(plugin, "README.md"));
        var missing = Directory.GetFiles(Inside(plugin), "*Options.cs")
            .SelectMany(OptionKeys).Where(key => !Regex.IsMatch(readme, $@"(?<![\w-]){key}(?![\w-])"));

        Assert.Empty(missing);
    }

    // The property that follows an [Option(…)], in the spelling of the file.
    private static IEnumerable<string> OptionKeys(string path)
    {
        var expecting = false;
        foreach (var line in File.ReadLines(path).Select(line => line.Trim()))
        {
            if (line.StartsWith("[Option(", StringComparison.Ordinal))
            {
                expecting = true;
            }
            else if (expecting && line.StartsWith("public ", StringComparison.Ordinal))
            {
                expecting = false;
                yield return Culvert.Engine.Configuration.KebabCase.Of(line.Split('{')[0].TrimEnd().Split(' ')[^1]);
            }
        }
    }

    private static bool HasSource(string plugin) => Repository.Files($"plugins/{plugin}", ".cs").Any();

    private static string Inside(string plugin, string file = "") => Path.Combine(Repository.Root, "plugins", plugin, file);
}
