using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>A mapping with keys of its own: a nested record.</summary>
internal sealed class RecordOptionType : OptionType
{
    internal RecordOptionType(OptionSchema schema) => Schema = schema;

    public override string Expected => $"a mapping {{{string.Join(", ", Schema.Keys.Select(key => $"{key.Name}: …"))}}}";

    /// <summary>The keys of the mapping.</summary>
    public OptionSchema Schema { get; }

    public override JsonObject JsonSchema() => Schema.JsonSchema();

    internal override object? Read(FileNode node, KeyPlace place, DiagnosticBag diagnostics)
    {
        if (node.FileEntries is null)
        {
            return Report(node, place, diagnostics);
        }

        var bound = Schema.Bind(node, place, diagnostics);
        return bound.IsComplete ? bound.Options : null;
    }

    internal override string? Write(object value) => null;
}
