using System.Collections;
using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>A list of values of one type.</summary>
internal sealed class ListOptionType : OptionType
{
    private readonly Type _elementClass;

    internal ListOptionType(Type elementClass, OptionType element)
    {
        _elementClass = elementClass;
        Element = element;
    }

    public override string Expected => $"a list, each item {Element.Expected}";

    /// <summary>The type of each item.</summary>
    public OptionType Element { get; }

    public override JsonObject JsonSchema() => new() { ["type"] = "array", ["items"] = OptionJsonSchema.OrVariable(Element.JsonSchema()) };

    internal override object? Read(FileNode node, KeyPlace place, DiagnosticBag diagnostics)
    {
        if (node.FileItems is not { } items)
        {
            return Report(node, place, diagnostics, node.Scalar is { } text && !place.IsSecret ? $"not a list; write [{text}]" : null);
        }

        var values = Array.CreateInstance(_elementClass, items.Count);
        var complete = true;
        for (var i = 0; i < items.Count; i++)
        {
            var value = ValueReader.Read(items[i], Element, place.Item(i), diagnostics);
            complete &= value is not null;
            if (value is not null)
            {
                values.SetValue(value, i);
            }
        }

        return complete ? values : null;
    }

    internal override string? Write(object value)
    {
        var items = ((IEnumerable)value).Cast<object>().Select(Element.Write).ToArray();
        return items.Length == 0 ? null : $"[{string.Join(", ", items)}]";
    }
}
