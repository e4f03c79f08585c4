using System.Text.Json.Nodes;

namespace Culvert.Host.Output;

/// <summary>The details of a stage or a peer, one line each, as it names them.</summary>
internal static class DetailText
{
    private const string Indent = "  ";

    /// <summary>Appends the lines.</summary>
    public static void Append(List<string> lines, JsonObject details, string indent)
    {
        foreach (var (key, value) in details)
        {
            switch (value)
            {
                case JsonObject inner:
                    lines.Add($"{indent}{key}:");
                    Append(lines, inner, indent + Indent);
                    break;
                case JsonArray list when list.Any(item => item is JsonObject):
                    foreach (var item in list.OfType<JsonObject>())
                    {
                        lines.Add($"{indent}{key}:");
                        Append(lines, item, indent + Indent);
                    }

                    break;
                case JsonArray list:
                    lines.Add($"{indent}{key}: {string.Join(", ", list.Select(item => item?.ToString() ?? "none"))}");
                    break;
                default:
                    lines.Add($"{indent}{key}: {value?.ToString() ?? "none"}");
                    break;
            }
        }
    }
}
