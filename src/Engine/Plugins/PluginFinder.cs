using System.Text.RegularExpressions;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Plugins;

/// <summary>Finds plugin folders. Loads nothing.</summary>
internal static partial class PluginFinder
{
    /// <summary>Finds the plugins under a root, by name.</summary>
    public static IReadOnlyList<PluginFolder> Find(PluginRoot root, DiagnosticBag diagnostics)
    {
        if (File.Exists(root.Path))
        {
            return [new PluginFolder(Path.GetFileNameWithoutExtension(root.Path), root.Path, root)];
        }

        try
        {
            var own = At(Path.TrimEndingDirectorySeparator(root.Path), root);
            if (File.Exists(own.AssemblyPath))
            {
                return [own];
            }

            PluginFolder[] folders =
            [
                .. Directory.EnumerateDirectories(root.Path)
                    .Where(folder => !Path.GetFileName(folder).StartsWith('.'))
                    .Select(folder => At(folder, root))
                    .OrderBy(folder => folder.Name, StringComparer.Ordinal),
            ];
            // A folder of DLLs is meant to be a plugin; the message says which DLL it lacks.
            return folders.Length == 0 && Directory.EnumerateFiles(root.Path, "*.dll").Any() ? [own] : folders;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var reason = exception is DirectoryNotFoundException ? "does not exist" : $"cannot be read: {exception.Message.TrimEnd('.')}";
            diagnostics.Add(
                DiagnosticCodes.PluginPathMissing, root.Position, $"the plugin path '{root.Path}' {reason}",
                "name a folder of plugin folders, one plugin folder, or a plugin's DLL; a relative path is relative to the file's folder");
            return [];
        }
    }

    /// <summary>The plugin in a folder: <c>NAME/NAME.dll</c> or <c>NAME-VERSION/NAME.dll</c>, where the DLL's case may differ.</summary>
    private static PluginFolder At(string folder, PluginRoot root)
    {
        var name = Path.GetFileName(folder);
        string[] names = [name, VersionSuffix().Replace(name, "")];
        var dll = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.dll").Where(file => names.Contains(Path.GetFileNameWithoutExtension(file), StringComparer.OrdinalIgnoreCase))
                .OrderBy(file => Array.IndexOf(names, Path.GetFileNameWithoutExtension(file)) is var index && index < 0 ? names.Length : index)
                .FirstOrDefault()
            : null;
        return new PluginFolder(name, dll ?? Path.Combine(folder, names[^1] + ".dll"), root);
    }

    [GeneratedRegex(@"-v?\d[\w.+-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionSuffix();
}
