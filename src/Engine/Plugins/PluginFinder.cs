using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Plugins;

/// <summary>Finds plugin folders. Loads nothing.</summary>
internal static class PluginFinder
{
    /// <summary>Finds the plugins under a root, by name.</summary>
    public static IReadOnlyList<PluginFolder> Find(PluginRoot root, DiagnosticBag diagnostics)
    {
        if (File.Exists(root.Path))
        {
            return [new PluginFolder(Path.GetFileNameWithoutExtension(root.Path), root.Path, root)];
        }

        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(root.Path));
        if (File.Exists(AssemblyIn(root.Path, name)))
        {
            return [new PluginFolder(name, AssemblyIn(root.Path, name), root)];
        }

        try
        {
            return
            [
                .. Directory.EnumerateDirectories(root.Path)
                    .Where(folder => !Path.GetFileName(folder).StartsWith('.'))
                    .Select(folder => new PluginFolder(Path.GetFileName(folder), AssemblyIn(folder, Path.GetFileName(folder)), root))
                    .OrderBy(folder => folder.Name, StringComparer.Ordinal),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var reason = exception is DirectoryNotFoundException ? "does not exist" : $"cannot be read: {exception.Message.TrimEnd('.')}";
            diagnostics.Add(
                DiagnosticCodes.PluginPathMissing, root.Position, $"the plugin path '{root.Path}' {reason}",
                "give a folder of plugin folders, one plugin folder, or a plugin's DLL; a relative path counts from the file's folder");
            return [];
        }
    }

    private static string AssemblyIn(string folder, string name) => Path.Combine(folder, name + ".dll");
}
