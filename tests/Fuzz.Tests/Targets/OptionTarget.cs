using System.Text;
using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// One value of one option of one stage: it is refused with a remedy in visible words, or read; and what is written of it is read as the same value. The
/// first byte chooses the option; lines are items of a list.
/// </summary>
internal sealed class OptionTarget : FuzzTarget
{
    private static readonly FileOrigin _origin = new("pipeline.yaml", "/nowhere");
    private static readonly OptionKey[] _keys = [.. Stages.All.SelectMany(stage => Flat(stage.Options)).DistinctBy(key => (key.Type, key.Name))];

    public override IEnumerable<byte[]> Seeds => _keys.SelectMany((key, i) => new[] { key.DefaultText, key.Example }.OfType<string>()
        .Select(text => (byte[])[(byte)i, .. Encoding.UTF8.GetBytes(text.Trim('[', ']', '"'))]));

    public override IEnumerable<string> Words => ["auto", "none", "\n", "10.0.0.0/8", "[::1]:", "2001:db8::/32", ":51820", "%eth0", "0x", "ms", "kbit", "/s", "-", "tcp", "é", "\u200b"];

    public override int MaxLength => 200;

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        var key = _keys[input[0] % _keys.Length];
        var text = Encoding.UTF8.GetString(input.AsSpan(1));
        var node = text.Contains('\n', StringComparison.Ordinal)
            ? FileNode.OfList(_origin, 1, 1, [.. text.Split('\n').Select(Scalar)])
            : Scalar(text);
        if (Read(key, node) is { } value && !key.IsSecret && key.Type.Write(value) is { } written && node.FileItems is null)
        {
            var again = Read(key, Scalar(written));
            Assert.True(again is not null, $"{key.Name}: '{text}' is written as '{written}', which is refused");
            Assert.Equal(written, key.Type.Write(again));
        }
    }

    private static FileNode Scalar(string text) => FileNode.OfScalar(_origin, 1, 1, text, isNull: false);

    private static object? Read(OptionKey key, FileNode node)
    {
        var diagnostics = new DiagnosticBag();
        var value = ValueReader.Read(node, key.Type, new KeyPlace(key.Name, key), diagnostics);
        foreach (var diagnostic in diagnostics.ToList())
        {
            Assert.True(diagnostic.Code != DiagnosticCodes.StageMistake, diagnostic.ToString());
            Assert.DoesNotContain(diagnostic.ToString(), char.IsControl);
            Assert.NotEmpty(diagnostic.Remedy);
        }

        Assert.True(value is not null || diagnostics.Count > 0, "a value is neither read nor refused");
        return value;
    }

    private static IEnumerable<OptionKey> Flat(OptionSchema schema) => schema.Keys;
}
