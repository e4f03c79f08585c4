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

    /// <summary>The schema of a value that an environment variable may stand for, where it does not take any text already.</summary>
    public static JsonObject OrVariable(JsonObject schema)
    {
        var isMapping = schema.ContainsKey("properties") || schema.ContainsKey("items");
        var takesText = schema["type"] is { } type && (type is JsonArray types ? types.Any(IsString) : IsString(type))
            && !schema.ContainsKey("pattern") && !schema.ContainsKey("enum");
        return isMapping || takesText
            ? schema
            : new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "string", ["pattern"] = EnvironmentText.Pattern }) };
    }

    private static bool IsString(JsonNode? type) => type is JsonValue value && value.TryGetValue<string>(out var name) && name == "string";

    private static JsonObject Of(OptionKey key)
    {
        var schema = key.Type.JsonSchema();
        if (schema["type"] is JsonValue type && type.GetValue<string>() is "integer" or "number")
        {
            AddBound(schema, "minimum", key.Range.Min);
            AddBound(schema, "maximum", key.Range.Max);
        }

        schema = OrVariable(schema);
        schema["description"] = key.DefaultText is null ? key.Description : $"{key.Description} Default: {key.DefaultText}.";
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
