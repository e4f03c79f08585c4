using System.Text;
using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Tests.Support;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// A pipeline.yaml with the real stages: a plan, or diagnostics with a remedy in visible words; never a mistake of a stage or of the program.
/// </summary>
internal sealed class PipelineTarget : FuzzTarget
{
    private readonly PipelineLoader _loader = new(new FixedStages(Stages.All)) { Limit = TimeSpan.FromMinutes(1) };

    public override IEnumerable<byte[]> Seeds => Utf8(
    [
        File.ReadAllText(Path.Combine(SourceTree.Root, "pipeline.yaml")),
        .. Directory.GetFiles(Path.Combine(SourceTree.Root, "docs", "how-to", "site-traffic"), "*.yaml").Order(StringComparer.Ordinal).Select(File.ReadAllText),
        "stages:\n  - {stage: tun, device: a}\n  - {stage: plaintext}\n  - {stage: udp, peer: '192.0.2.1:7'}\n", "a: &x [1]\nb: *x\n", "stages: ${HOME}\n", "[]", "--- a\n--- b\n",
    ]);

    public override IEnumerable<string> Words =>
    [
        "\n  - stage: ", "\n    ", "\n      - ", ": ", "[", "]", "{", "}", "&a ", "*a", "${", "}", "'", "\"", "|\n", ">-\n", "#", "!!str ", "? ", "<<: *a", "null", "~",
        .. Stages.All.Select(stage => stage.Name), .. Stages.All.SelectMany(stage => stage.Options.Keys).Select(key => $"\n    {key.Name}: "),
        .. OptionSchema.Of(typeof(PipelineSettings)).Keys.Select(key => $"\n{key.Name}: "), .. OptionSchema.Of(typeof(EntryKeys)).Keys.Select(key => $"\n    {key.Name}: "),
        "\ufeff", "\u2028",
    ];

    public override int MaxLength => 6000;

    public override void Run(byte[] input)
    {
        var loaded = _loader.LoadText(Encoding.UTF8.GetString(input), "pipeline.yaml", "/nowhere");
        Assert.True(loaded.Plan is not null || loaded.Diagnostics.Any(diagnostic => diagnostic.IsError), "neither a plan nor an error");
        foreach (var diagnostic in loaded.Diagnostics)
        {
            Assert.True(diagnostic.Code != DiagnosticCodes.StageMistake, diagnostic.ToString());
            Assert.DoesNotContain(diagnostic.ToString(), char.IsControl);
            Assert.NotEmpty(diagnostic.Remedy);
        }
    }
}
