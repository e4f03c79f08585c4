using System.Text.Json.Nodes;
using Culvert.Engine.Configuration.Binding;

namespace Culvert.Tools.Cases;

/// <summary>The JSON Schema (draft 2020-12) of test files, for editors.</summary>
internal static class CaseSchema
{
    /// <summary>Writes the schema.</summary>
    public static JsonObject Create()
    {
        var test = Listed(OptionSchema.Of(typeof(CaseKeys)).JsonSchema());
        var step = Listed(OptionSchema.Of(typeof(StepKeys)).JsonSchema());
        var properties = (JsonObject)test["properties"]!;
        properties["pipeline"] = Pipeline("The test's own pipeline instead of the file's.");
        properties["with"] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "Options instead of the pipeline's: the ids of its entries, and under each the keys that differ.",
            ["additionalProperties"] = new JsonObject { ["type"] = "object" },
        };
        properties["steps"] = new JsonObject
        {
            ["type"] = "array",
            ["description"] = "What happens one after the other, to the same stages.",
            ["items"] = step,
        };
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Culvert tests",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("tests"),
            ["properties"] = new JsonObject
            {
                ["pipeline"] = Pipeline("The pipeline that the tests run: the path of a file, or the mapping itself."),
                ["tests"] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = test },
            },
        };
    }

    private static JsonObject Pipeline(string description) =>
        new() { ["type"] = new JsonArray("string", "object"), ["description"] = description };

    // One packet may be written without the list around it.
    private static JsonObject Listed(JsonObject schema)
    {
        foreach (var name in new[] { "in", "emits" })
        {
            var list = (JsonObject)schema["properties"]![name]!;
            var description = list["description"]!.DeepClone();
            list.Remove("description");
            schema["properties"]![name] = new JsonObject
            {
                ["description"] = description,
                ["oneOf"] = new JsonArray(list["items"]!.DeepClone(), list.DeepClone()),
            };
        }

        return schema;
    }
}
