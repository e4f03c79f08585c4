using System.Text.Json.Nodes;
using Culvert.Tools.Cases;

namespace Culvert.Host.Output;

/// <summary>Machine-readable results: one JSON document.</summary>
internal sealed class TestJson(TextWriter output) : TestOutput
{
    private readonly JsonArray _tests = [];
    private readonly JsonArray _diagnostics = [];
    private (int Passed, int Failed) _count;

    public override void Begin(CaseFile file)
    {
        foreach (var diagnostic in DiagnosticOutput.ToJson(file.Diagnostics))
        {
            _diagnostics.Add(diagnostic!.DeepClone());
        }
    }

    public override void Write(CaseResult result)
    {
        _count = result.Passed ? (_count.Passed + 1, _count.Failed) : (_count.Passed, _count.Failed + 1);
        _tests.Add((JsonNode)new JsonObject
        {
            ["file"] = result.Case.Position.ShownFile,
            ["line"] = result.Case.Position.Line,
            ["name"] = result.Case.Name,
            ["passed"] = result.Passed,
            ["milliseconds"] = result.Duration.TotalMilliseconds,
            ["failures"] = new JsonArray([.. result.Failures.Select(failure => new JsonObject
            {
                ["line"] = failure.Position.Line,
                ["column"] = failure.Position.Column,
                ["message"] = failure.Message,
                ["packet"] = failure.Story is { } story ? StoryJson.ToJson(story) : null,
            })]),
        });
    }

    public override void End() => JsonOutput.Write(output, new JsonObject
    {
        ["passed"] = _count.Passed,
        ["failed"] = _count.Failed,
        ["tests"] = _tests,
        ["diagnostics"] = _diagnostics,
    });
}
