using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Options;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>Reads one value and holds it against the rules that every key has: it is there, and it is in range.</summary>
internal static class ValueReader
{
    public static object? Read(FileNode node, OptionType type, KeyPlace place, DiagnosticBag diagnostics)
    {
        if (node.IsUnset)
        {
            return null;
        }

        if (node.IsNull)
        {
            var otherwise = place.Key?.IsRequired == true ? "" : ", or remove it";
            diagnostics.Add(DiagnosticCodes.WrongType, node.Position, $"'{place.Path}' has no value", $"write {type.Expected}{otherwise}");
            return null;
        }

        try
        {
            var value = type.Read(node, place, diagnostics);
            return value is null || !IsInItsPlace(value, node, type, place, diagnostics) ? null : InRange(value, node, type, place, diagnostics);
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

    /// <summary>Looks for keys where they do not belong, and for secrets that others can read.</summary>
    private static bool IsInItsPlace(object value, FileNode node, OptionType type, KeyPlace place, DiagnosticBag diagnostics)
    {
        if (place.IsSecret)
        {
            WarnIfOpenToAll(node, place, diagnostics);
            return true;
        }

        // What takes any text would show it later: as a name, in a path, to a resolver.
        // The folders of a path may have names that look like keys: those of container images do.
        var isKey = node.Scalar is { } text && value switch
        {
            string or HostEndpoint => SecretMask.Masks(text),
            FilePath path => SecretMask.IsKeyNotPath(text, path.Full),
            SecretFile file => SecretMask.IsKeyNotPath(text, file.Path.Full),
            _ => false,
        };
        if (!isKey)
        {
            return true;
        }

        diagnostics.Add(
            DiagnosticCodes.WrongType, node.Position, $"'{place.Path}' is a value that could be a key (not shown)",
            $"write {type.Expected}; if it was a private key, replace that key, which whoever reads this file now knows");
        return false;
    }

    private static void WarnIfOpenToAll(FileNode node, KeyPlace place, DiagnosticBag diagnostics)
    {
        var file = node.Origin.File;
        if (node.Origin.HasSecret || node.IsVariable)
        {
            return;
        }

        node.Origin.HasSecret = true;
        if (File.Exists(file.Full) && FileRights.RemedyIfOpenToAll(file) is { } remedy)
        {
            diagnostics.Add(
                DiagnosticCodes.RuleWarning, node.Position, $"'{place.Path}': every user of this machine may read or write the secret in '{file}'",
                $"{remedy}, or move the secret into a file of its own");
        }
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
