using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.Json;

namespace Culvert.Host.Output;

/// <summary>The JSON output of every command: a document indented or an object a line, escaped for terminals and files rather than for web pages.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(TextWriter output, JsonNode node) => output.WriteLine(ToText(node));

    /// <summary>Writes an object of a stream as one line.</summary>
    public static void WriteLine(TextWriter output, JsonNode node) => output.WriteLine(node.ToJsonString(OneLine));

    public static string ToText(JsonNode node) => node.ToJsonString(Options);
}
