using System.Text.Json.Nodes;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>Writes an <see cref="OptionSchema"/> as JSON Schema, for editors.</summary>
internal static class OptionJsonSchema
{
    public static JsonObject Of(OptionSchema schema)
    {
        var properties = new JsonObject();
        foreach (var key in schema.Keys)
        {
            properties[key.Name] = Of(key);
        }

        var result = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        JsonNode[] required = [.. schema.Keys.Where(key => key.IsRequired).Select(key => (JsonNode)key.Name)];
        if (required.Length > 0)
        {
            result["required"] = new JsonArray(required);
        }

        return result;
    }

    private static JsonObject Of(OptionKey key)
    {
        var schema = key.Type.JsonSchema();
        schema["description"] = key.DefaultText is null ? key.Description : $"{key.Description} Default: {key.DefaultText}.";
        if (schema["type"] is JsonValue type && type.GetValue<string>() is "integer" or "number")
        {
            AddBound(schema, "minimum", key.Range.Min);
            AddBound(schema, "maximum", key.Range.Max);
        }

        return schema;
    }

    private static void AddBound(JsonObject schema, string name, double? bound)
    {
        if (bound is { } value)
        {
            schema[name] = value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);
        }
    }
}
