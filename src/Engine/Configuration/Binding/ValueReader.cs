using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;

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

        try
        {
            var value = type.Read(node, place, diagnostics);
            return value is null ? null : InRange(value, node, type, place, diagnostics);
        }
        catch (PluginException exception)
        {
            ReportThrown(exception, node, place, diagnostics);
            return null;
        }
    }

    /// <summary>Reports what the plugin's code threw at a value.</summary>
    public static void ReportThrown(PluginException exception, FileNode node, KeyPlace place, DiagnosticBag diagnostics)
    {
        // The message may quote the value.
        var what = place.IsSecret ? exception.Discreet : exception.Message;
        diagnostics.Add(DiagnosticCodes.StageMistake, node.Position, $"{place.Path}: {what}", ForeignCode.Remedy);
    }

    private static object? InRange(object value, FileNode node, OptionType type, KeyPlace place, DiagnosticBag diagnostics)
    {
        if (place.Key is not { } key || key.Range.Contains(value))
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
