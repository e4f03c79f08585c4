using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>One of a few words: an enum's names in kebab case.</summary>
internal sealed class EnumOptionType(Type type) : OptionType
{
    private readonly string[] _words = [.. Enum.GetNames(type).Select(KebabCase.Of)];
    private readonly Array _values = Enum.GetValues(type);

    public override string Expected => _words.Length == 1 ? _words[0] : $"{string.Join(", ", _words[..^1])} or {_words[^1]}";

    public override IReadOnlyList<string> Words => _words;

    public override JsonObject JsonSchema() => new() { ["enum"] = new JsonArray([.. _words.Select(word => (JsonNode)word)]) };

    internal override object? Read(FileNode node, KeyPlace place, DiagnosticBag diagnostics)
    {
        var index = Array.IndexOf(_words, node.Scalar);
        return index < 0 ? Report(node, place, diagnostics) : _values.GetValue(index);
    }

    internal override string Write(object value) => KebabCase.Of(value.ToString()!);
}
