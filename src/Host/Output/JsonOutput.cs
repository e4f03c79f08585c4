using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.Json;

namespace Culvert.Host.Output;

/// <summary>How every command writes JSON: indented, and readable where it goes to a terminal or a file, not into a web page.</summary>
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
