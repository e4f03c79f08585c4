using System.Globalization;
using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;

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

        var root = YamlReader.Read(string.Join('\n', [.. lines, "key-with-a-long-common-start-7: 2"]), new FileOrigin("pipeline.yaml", "/site"), diagnostics);

        Assert.Equal(Keys, root!.FileEntries!.Count);
        var duplicate = Assert.Single(diagnostics.ToList());
        Assert.Equal((DiagnosticCodes.DuplicateKey, Keys + 1), (duplicate.Code, duplicate.Position.Line));
        Assert.Contains("first in line 8", duplicate.Message);
    }
}
