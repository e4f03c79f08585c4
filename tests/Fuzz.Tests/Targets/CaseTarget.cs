using System.Text;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Tests.Support;
using Culvert.Tools.Cases;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// A test file with the real stages: diagnostics with a remedy in visible words, or tests; those that need no other site run, and no stage throws.
/// </summary>
internal sealed class CaseTarget : FuzzTarget
{
    private const string Pipeline = "pipeline: {stages: [{stage: tun, device: a}, {stage: mss-clamp}, {stage: checksum-guard}, {stage: plaintext}, {stage: udp, peer: '192.0.2.1:7'}]}\n";

    private readonly CaseFileReader _reader = new(overrides =>
        new PipelineLoader(new FixedStages(Stages.All)) { Overrides = overrides, IsDry = true, Limit = TimeSpan.FromMinutes(1) });

    private readonly CaseRunner _runner = new((_, stories) => $"{stories.Count}", update: false);

    public override IEnumerable<byte[]> Seeds => Utf8(
        File.ReadAllText(Path.Combine(SourceTree.Root, "pipeline.test.yaml")).Replace("pipeline: pipeline.yaml\n", Pipeline, StringComparison.Ordinal),
        Pipeline + "tests:\n  - name: a\n    in: {hex: 45}\n    out: unchanged\n",
        Pipeline + "tests:\n  - name: a\n    with: {mss-clamp: {mss: 1200}}\n    steps:\n      - {at: 1s, in: {udp: {from: '10.0.0.1:1', to: '10.0.0.2:2', payload: 4}}, out: {ip.ttl: 64}}\n"
            + "      - {in: [{icmp: {from: fd00::1, to: fd00::2}}], emits: []}\n",
        Pipeline + "tests: []\n", "tests:\n  - name: a\n");

    public override IEnumerable<string> Words =>
    [
        "\n  - name: ", "\n    in: ", "\n    out: ", "\n    steps:\n      - ", "unchanged", "dropped-by: ", "reason: ", "emits: ", "at: ", "with: ", "counters: ", "snapshot: ", "direction: ",
        "hex: ", "tcp: {", "udp: {", "icmp: {", "ip: {", "from: ", "to: ", "flags: ", "mss: ", "payload: ", "checksum: ", "checksums: valid", "10.0.0.1:1", "fd00::1", "}", "{", "[", "]", ", ",
    ];

    public override int MaxLength => 4000;

    public override void Run(byte[] input)
    {
        var file = _reader.Read(Encoding.UTF8.GetString(input), "/nowhere/a.test.yaml", new DiagnosticBag());
        foreach (var diagnostic in file.Diagnostics)
        {
            Assert.True(diagnostic.Code != DiagnosticCodes.StageMistake, diagnostic.ToString());
            Assert.DoesNotContain(diagnostic.ToString(), char.IsControl);
            Assert.NotEmpty(diagnostic.Remedy);
        }

        foreach (var test in file.Cases.Where(test => !test.Twin))
        {
            Assert.DoesNotContain(_runner.Run(test).Failures, failure => failure.ToString().Contains("threw", StringComparison.Ordinal));
        }
    }
}
