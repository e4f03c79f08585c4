using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>Reads one value and holds it against the rules that every key has: it is there, and it is in range.</summary>
internal static class ValueReader
{
    public static object? Read(FileNode node, OptionType type, KeyPlace place, DiagnosticBag diagnostics)
    {
        if (node.IsNull)
        {
            var otherwise = place.Key?.IsRequired == true ? "" : ", or remove it";
            diagnostics.Add(DiagnosticCodes.WrongType, node.Position, $"'{place.Path}' has no value", $"write {type.Expected}{otherwise}");
            return null;
        }

        var value = type.Read(node, place, diagnostics);
        if (value is null || place.Key is not { } key || key.Range.Contains(value))
        {
            return value;
        }

        var shown = key.IsSecret ? "a value" : type.Write(value);
        diagnostics.Add(
            DiagnosticCodes.OutOfRange, node.Position, $"'{place.Path}' is {shown}, which is out of range",
            $"give {key.DescribeRange()}");
        return null;
    }
}
