using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Engine.Loading;
using Culvert.Engine.Planning;

namespace Culvert.Host.Output;

/// <summary>Shows a planned chain: each stage's packet kinds, overhead, MTU and MSS ceilings.</summary>
internal static class ChainOutput
{
    public static void WriteText(string path, PipelinePlan plan, TextWriter output)
    {
        output.WriteLine($"{path}: {plan.Stages.Count} stages, from the host to the network");
        output.WriteLine();
        var table = new TextTable("stage", "above", "below", " overhead", " MTU", " MSS IPv4", " MSS IPv6");
        foreach (var stage in plan.Stages)
        {
            table.Add(
                stage.Entry.Id, stage.Shape.Above.Name, stage.Shape.Below.Name, Number(stage.Shape.Overhead), Number(stage.Mtu),
                Number(stage.MssIpv4), Number(stage.MssIpv6));
        }

        table.Write(output);
        output.WriteLine();
        foreach (var stage in plan.Stages.Where(stage => stage.Entry.When is not null))
        {
            output.WriteLine($"'{stage.Entry.Id}' when: {stage.Entry.When}");
        }

        foreach (var stage in plan.Stages)
        {
            if (stage.Entry.Shadow is { } shadow)
            {
                output.WriteLine($"'{stage.Entry.Id}' shadow: {ShadowText.Name(shadow)}");
            }
        }

        output.WriteLine($"MTU of '{plan.Stages[0].Entry.Id}': {plan.Stages[0].Place.Derivation}");
    }

    public static JsonObject ToJson(string path, LoadedPipeline loaded) => new()
    {
        ["file"] = path,
        ["valid"] = loaded.IsValid,
        ["stages"] = new JsonArray([.. (loaded.Plan?.Stages ?? []).Select(ToJson)]),
        ["diagnostics"] = DiagnosticOutput.ToJson(loaded.Diagnostics),
    };

    private static JsonNode ToJson(PlannedStage stage) => new JsonObject
    {
        ["id"] = stage.Entry.Id,
        ["stage"] = stage.Entry.Type.Name,
        ["line"] = stage.Entry.Position.Line,
        ["when"] = stage.Entry.When?.ToString(),
        ["shadow"] = stage.Entry.Shadow is { } shadow
            ? new JsonObject { ["stage"] = shadow.Candidate.Type.Name, ["plugin"] = shadow.Plugin, ["sample"] = shadow.Sample, ["budget"] = shadow.Budget }
            : null,
        ["above"] = stage.Shape.Above.Name,
        ["below"] = stage.Shape.Below.Name,
        ["overhead"] = stage.Shape.Overhead,
        ["mtu"] = stage.Mtu,
        ["mss-ipv4"] = stage.MssIpv4,
        ["mss-ipv6"] = stage.MssIpv6,
        ["mtu-derivation"] = stage.Place.Derivation,
    };

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
