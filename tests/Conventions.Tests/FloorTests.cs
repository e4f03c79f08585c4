using System.Text.RegularExpressions;

namespace Conventions.Tests;

/// <summary>
/// Inside an assembly the folders are floors: each uses only those that are listed for it. A folder below a floor belongs to the floor.
/// The assemblies among each other are the business of <see cref="ArrowTests"/>.
/// </summary>
public sealed partial class FloorTests
{
    private static readonly string[] _engine =
        ["Diagnostics", "Guarding", "Configuration", "Plugins", "Planning", "Running", "Inspection", "Control", "Loading"];

    // Folder, namespace of the folder, floor → the floors that it may use.
    private static readonly (string Folder, string Namespace, Dictionary<string, string[]> Floors)[] _houses =
    [
        ("src/Framework", "Culvert", new()
        {
            // The comments of drop reasons name packets.
            ["Counters"] = ["Packets"],
            ["Algorithms"] = [],
            ["Options"] = [],
            ["Packets"] = ["Counters"],
            ["Stages"] = ["Counters", "Options", "Packets"],
        }),
        ("src/Engine", "Culvert.Engine", Stacked(_engine)),
        ("src/Tools", "Culvert.Tools", Stacked("Captures", "Replay", "Cases", "Diffs", "Views")),
        ("src/Host", "Culvert.Host", new()
        {
            ["Output"] = [],
            ["WgQuick"] = [],
            ["Hardening"] = [],
            ["Page"] = ["Doctor", "Output"],
            ["Run"] = ["Hardening", "Output", "Page"],
            ["Wg"] = ["Output", "Run"],
            ["Doctor"] = ["Hardening", "Output"],
            ["Top"] = ["Doctor", "Output", "Run"],
            ["Commands"] = ["Doctor", "Output", "Run", "Top", "Wg", "WgQuick"],
            ["Demo"] = ["Output", "Commands", "WgQuick"],
        }),
    ];

    public static TheoryData<string, string> Floors => [.. _houses.SelectMany(house => house.Floors.Keys.Select(floor => (house.Folder, floor)))];

    [Theory]
    [MemberData(nameof(Floors))]
    public void A_floor_uses_only_what_is_below_it(string folder, string floor)
    {
        var (_, space, floors) = _houses.Single(house => house.Folder == folder);
        var barred = floors.Keys.Except(floors[floor]).Except([floor]).ToArray();
        var offenders =
            from file in Repository.Files($"{folder}/{floor}", ".cs")
            from name in Names(File.ReadAllText(file), space)
            where barred.Contains(name)
            select $"{Repository.Relative(file)} uses {space}.{name}";

        Assert.Empty(offenders.Distinct());
    }

    [Fact]
    public void Every_folder_is_a_floor() =>
        Assert.All(_houses, house => Assert.Equal(
            house.Floors.Keys.Order(),
            Repository.Files(house.Folder, ".cs").Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, house.Folder), file))
                .Where(file => file.Contains(Path.DirectorySeparatorChar)).Select(file => file.Split(Path.DirectorySeparatorChar)[0]).Distinct().Order()));

    [Fact]
    public void A_namespace_is_its_folder()
    {
        var offenders =
            from house in _houses
            from file in Repository.Files(house.Folder, ".cs")
            let declared = Declaration().Match(File.ReadAllText(file))
            where declared.Success
            let path = Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Repository.Root, house.Folder), file))!
            let wanted = path.Length == 0 ? house.Namespace : $"{house.Namespace}.{path.Replace(Path.DirectorySeparatorChar, '.')}"
            where declared.Groups[1].Value != wanted
            select Repository.Relative(file);

        Assert.Empty(offenders);
    }

    /// <summary>Each may use all before it.</summary>
    private static Dictionary<string, string[]> Stacked(params string[] floors) =>
        floors.Select((floor, i) => (floor, below: floors[..i])).ToDictionary(pair => pair.floor, pair => pair.below);

    // In a using, or written out from the assembly's namespace on.
    private static IEnumerable<string> Names(string source, string space) =>
        Regex.Matches(source, $@"\b{Regex.Escape(space)}\.(\w+)").Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
