using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>A value that is written as one word.</summary>
/// <param name="expected">What may be written.</param>
/// <param name="schema">JSON Schema, as JSON text.</param>
/// <param name="parse">Reads a word; null when it cannot be read.</param>
/// <param name="write">The opposite.</param>
/// <param name="hint">
/// A better message for a frequent mistake, from the text and the option's example, with its remedy behind "; "; null for none.
/// </param>
internal sealed class ScalarOptionType<T>(
    string expected, string schema, Func<string, object?> parse, Func<T, string> write, Func<string, string?, string?>? hint = null)
    : OptionType
    where T : notnull
{
    public override string Expected => expected;

    public override JsonObject JsonSchema() => JsonNode.Parse(schema)!.AsObject();

    internal override object? Read(FileNode node, KeyPlace place, DiagnosticBag diagnostics)
    {
        if (node.Scalar is not { } text)
        {
            return Report(node, place, diagnostics);
        }

        return parse(text) ?? Report(node, place, diagnostics, hint?.Invoke(text, place.Key?.Example));
    }

    internal override string Write(object value) => write((T)value);
}
