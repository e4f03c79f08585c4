using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.Json;

namespace Culvert.Host.Output;

/// <summary>The JSON output of every command: indented, escaped for terminals and files rather than for web pages.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(TextWriter output, JsonNode node) => output.WriteLine(ToText(node));

    public static string ToText(JsonNode node) => node.ToJsonString(Options);
}
