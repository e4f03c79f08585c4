using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Culvert.Engine.Plugins;

/// <summary>
/// Finds DLLs that a plugin needs and that are neither in its folder nor in the program. The runtime would look for them only when the
/// code that uses them first runs, in the middle of a packet.
/// </summary>
internal static class ReferenceCheck
{
    private static readonly Lazy<HashSet<string>> Program = new(() =>
    [
        .. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")).Select(Path.GetFileNameWithoutExtension).OfType<string>(),
    ]);

    /// <summary>Whether an assembly comes with the program or its runtime.</summary>
    public static bool IsOfProgram(string name) => Program.Value.Contains(name);

    /// <summary>Checks a plugin's DLL and those that it brings.</summary>
    /// <returns>Null when everything is there.</returns>
    public static PluginProblem? Check(PluginInspection plugin)
    {
        var path = plugin.Folder.AssemblyPath;
        var folder = Path.GetDirectoryName(path)!;
        var dependencies = Path.ChangeExtension(path, ".deps.json");
        // What a library refers to may be optional. What the build listed is not.
        var listed = File.Exists(dependencies) ? File.ReadAllText(dependencies) : "";
        var queue = new Queue<(string From, string Name)>(plugin.References.Select(name => (Path.GetFileName(path), name)));
        HashSet<string> seen = [];
        while (queue.TryDequeue(out var reference))
        {
            var (from, name) = reference;
            if (Program.Value.Contains(name) || !seen.Add(name))
            {
                continue;
            }

            var file = Directory.EnumerateFiles(folder, name + ".dll", SearchOption.AllDirectories).FirstOrDefault();
            if (file is not null)
            {
                foreach (var next in ReferencesOf(file))
                {
                    queue.Enqueue((Path.GetFileName(file), next));
                }
            }
            else if (plugin.References.Contains(name) || listed.Contains($"{name}.dll\"", StringComparison.OrdinalIgnoreCase))
            {
                return new PluginProblem($"{from} needs {name}.dll, which is missing", $"copy {name}.dll into {folder}");
            }
        }

        return null;
    }

    private static string[] ReferencesOf(string path)
    {
        try
        {
            using var file = new PEReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read));
            var reader = file.HasMetadata ? file.GetMetadataReader() : null;
            return reader is null
                ? []
                : [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            // A native library, or one that loading will report.
            return [];
        }
    }
}
