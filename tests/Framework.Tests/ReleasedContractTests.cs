using System.Reflection;
using System.Runtime.CompilerServices;
using Culvert.Stages;
using Culvert.Tests.Support;
using Culvert.Wire;

namespace Framework.Tests;

/// <summary>
/// The promise of docs/reference/compatibility.md: what a contract had when it was released, every later one of the same major version has,
/// and what has more has another minor version. Each release is a folder in tests/Contracts with the listings of that day.
/// </summary>
public sealed class ReleasedContractTests
{
    private const string Before = """
        Culvert.Stages: interface IStageContext
            Int32 get_Mtu()
            String get_Id()

        Culvert.Stages: sealed class StageTimer : IDisposable
            Void Cancel()

        """;

    private static readonly Assembly[] Contract = [typeof(IPacketStage).Assembly, typeof(IpView).Assembly];

    [Fact]
    public void Nothing_that_was_released_is_gone_and_nothing_is_new_without_a_version()
    {
        foreach (var release in Directory.EnumerateDirectories(Releases()))
        {
            foreach (var assembly in Contract)
            {
                var released = File.ReadAllText(Path.Combine(release, assembly.GetName().Name + ".txt"));
                Assert.Empty(Broken(released, Version.Parse(Path.GetFileName(release)), PublicApi.Describe(assembly), assembly.GetName().Version!));
            }
        }
    }

    [Fact]
    public void All_assemblies_of_the_contract_have_one_version() =>
        Assert.Single(Contract.Select(assembly => assembly.GetName().Version).Distinct());

    [Theory]
    [InlineData("1.0", "", "", "")]
    [InlineData("1.1", "    String get_Id()\n", "    Random get_Random()\n    String get_Id()\n", "")]
    [InlineData("1.0", "    String get_Id()\n", "    Random get_Random()\n    String get_Id()\n", "1.0 had no IStageContext: Random get_Random()")]
    [InlineData("1.1", "    String get_Id()\n", "", "1.0 had IStageContext: String get_Id()")]
    [InlineData("1.1", "Int32 get_Mtu()", "Int64 get_Mtu()", "1.0 had IStageContext: Int32 get_Mtu()")]
    [InlineData("1.1", " : IDisposable", "", "1.0 had StageTimer: IDisposable")]
    [InlineData("1.1", "sealed class StageTimer", "struct StageTimer", "1.0 had StageTimer: sealed class")]
    [InlineData("1.1", "class StageTimer", "class StageClock", "1.0 had StageTimer: sealed class")]
    [InlineData("2.0", "    String get_Id()\n", "", "")]
    [InlineData("0.9", "", "", "the version went back from 1.0 to 0.9")]
    public void A_breach_is_named(string version, string from, string to, string expected)
    {
        var now = from.Length == 0 ? Before : Before.Replace(from, to, StringComparison.Ordinal);

        Assert.Equal(expected, string.Join("; ", Broken(Before, new Version(1, 0), now, Version.Parse(version)).Take(1)));
    }

    private static IEnumerable<string> Broken(string released, Version then, string now, Version current)
    {
        if (current.Major > then.Major)
        {
            return [];
        }

        var (had, has) = (Lines(released), Lines(now));
        var old = $"{then.Major}.{then.Minor}";
        var gone = had.Except(has).Select(line => $"{old} had {line}");
        var added = has.Except(had).Select(line => $"{old} had no {line}");
        return current.Major < then.Major || (current.Major == then.Major && current.Minor < then.Minor)
            ? [$"the version went back from {old} to {current.Major}.{current.Minor}"]
            : current.Minor == then.Minor ? gone.Concat(added) : gone;
    }

    /// <summary>One line for each fact of a listing: a type's kind, each of its bases, each of its members.</summary>
    private static List<string> Lines(string listing)
    {
        List<string> lines = [];
        var type = "";
        foreach (var line in listing.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(' '))
            {
                lines.Add($"{type}: {line.Trim()}");
                continue;
            }

            var parts = line.Split(": ");
            var words = parts[1].Trim().Split(' ');
            type = words[^1];
            lines.Add($"{type}: {string.Join(' ', words[..^1])}");
            lines.AddRange((parts.Length > 2 ? parts[2].Split(", ") : []).Select(parent => $"{type}: {parent}"));
        }

        return lines;
    }

    private static string Releases([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "Contracts"));
}
