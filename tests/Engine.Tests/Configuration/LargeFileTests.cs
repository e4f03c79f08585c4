using System.Globalization;
using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;

namespace Engine.Tests.Configuration;

/// <summary>Large files cost what they contain. Each would take minutes here if it cost the square of that.</summary>
public sealed class LargeFileTests
{
    private const int Keys = 400_000;

    [Fact]
    public void A_mapping_of_many_keys_is_read_and_its_duplicate_found()
    {
        var lines = Enumerable.Range(0, Keys).Select(i => string.Create(CultureInfo.InvariantCulture, $"key-with-a-long-common-start-{i}: 1"));
        var diagnostics = new DiagnosticBag();

        var root = Yaml(string.Join('\n', [.. lines, "key-with-a-long-common-start-7: 2"]), diagnostics);

        Assert.Equal(Keys, root!.FileEntries!.Count);
        var duplicate = Assert.Single(diagnostics.ToList());
        Assert.Equal((DiagnosticCodes.DuplicateKey, Keys + 1), (duplicate.Code, duplicate.Position.Line));
        Assert.Contains("first in line 8", duplicate.Message);
    }

    [Fact]
    public void Many_entries_of_a_stage_get_an_id_each()
    {
        const int entries = 100_000;
        var stages = string.Concat(Enumerable.Repeat("  - stage: tun\n", entries));
        var drafts = EntryReader.Read(Yaml($"stages:\n{stages}", new DiagnosticBag())!, new DiagnosticBag())!;

        EntryIds.Assign(drafts, new DiagnosticBag());

        Assert.Equal(("tun", "tun-2", $"tun-{entries}"), (drafts[0].Id, drafts[1].Id, drafts[^1].Id));
        Assert.Equal(entries, drafts.DistinctBy(draft => draft.Id).Count());
    }

    [Fact]
    public void Aliases_stand_for_a_bounded_number_of_values()
    {
        var list = string.Join(", ", Enumerable.Repeat("1", 1000));
        var within = new DiagnosticBag();
        Assert.NotNull(Yaml($"a: &a [{list}]\nb: [{string.Join(", ", Enumerable.Repeat("*a", 200))}]", within));
        Assert.Empty(within.ToList());

        // A few kilobytes for a hundred million values.
        var beyond = new DiagnosticBag();
        var lists = string.Join(", ", Enumerable.Repeat("*a", 100));
        Assert.Null(Yaml($"a: &a [{list}]\nb: &b [{lists}]\nc: [{string.Join(", ", Enumerable.Repeat("*b", 1000))}]", beyond));
        var found = Assert.Single(beyond.ToList());
        Assert.Equal((DiagnosticCodes.NotYaml, 3), (found.Code, found.Position.Line));
        Assert.Contains("stand for more than 250000 values", found.Message, StringComparison.Ordinal);
    }

    private static FileNode? Yaml(string text, DiagnosticBag diagnostics) => YamlReader.Read(text, new FileOrigin("pipeline.yaml", "/site"), diagnostics);
}
