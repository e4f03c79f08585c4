using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Options;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>A type that reads itself.</summary>
internal sealed class SelfReadingOptionType<T> : OptionType
    where T : IOptionValue<T>
{
    public override string Expected => OptionCalls.Of<T>.Expected;

    public override JsonObject JsonSchema() => JsonNode.Parse(OptionCalls.Of<T>.JsonSchema)!.AsObject();

    internal override object? Read(FileNode node, KeyPlace place, DiagnosticBag diagnostics) =>
        OptionCalls.Of<T>.TryRead(node, out var value, out var error) ? value : Report(node, place, diagnostics, error);

    internal override string? Write(object value) => OptionCalls.Text(value);
}
