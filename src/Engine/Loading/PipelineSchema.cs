using System.Text.Json.Nodes;
using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Plugins;

namespace Culvert.Engine.Loading;

/// <summary>The JSON Schema (draft 2020-12) of pipeline.yaml for a set of stages, for editors that complete and check as one types.</summary>
internal static class PipelineSchema
{
    /// <summary>Writes the schema.</summary>
    public static JsonObject Of(IEnumerable<StageType> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        var schema = OptionSchema.Of(typeof(PipelineSettings)).JsonSchema();
        var list = new JsonObject
        {
            ["type"] = "array",
            ["description"] = "The stages from the host's side to the network's side.",
            ["items"] = new JsonObject { ["oneOf"] = new JsonArray([.. stages.Select(OfEntry)]) },
        };
        var properties = (JsonObject)schema["properties"]!;
        properties.Insert(0, EntryReader.StagesKey, list);
        schema["required"] = new JsonArray(EntryReader.StagesKey);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Culvert pipeline");
        return schema;
    }

    private static JsonObject OfEntry(StageType stage)
    {
        var entry = OptionSchema.Of(typeof(EntryKeys)).JsonSchema();
        var own = stage.Options.JsonSchema();
        var properties = (JsonObject)entry["properties"]!;
        properties["stage"] = new JsonObject { ["const"] = stage.Name, ["description"] = stage.Summary };
        foreach (var (name, value) in (JsonObject)own["properties"]!)
        {
            properties[name] = value!.DeepClone();
        }

        if (own["required"] is JsonArray required)
        {
            foreach (var name in required)
            {
                ((JsonArray)entry["required"]!).Add(name!.DeepClone());
            }
        }

        return entry;
    }
}
