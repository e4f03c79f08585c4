using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Plugins;

namespace Engine.Tests.Plugins;

/// <summary>A folder of plugins for one test: copies of a real one, whole or damaged in a certain way.</summary>
internal sealed class PluginSite : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("culvert-plugins-").FullName;

    public string Root => _root;

    /// <summary>The DLL of a plugin as it was built beside this test.</summary>
    public static string Built(string name)
    {
        var output = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var own = Path.Combine(output, name + ".dll");
        return File.Exists(own) ? own : Path.GetFullPath(Path.Combine(output, "..", "..", name, Path.GetFileName(output), name + ".dll"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>Puts a copy of a built plugin into a folder.</summary>
    public string Add(string folder, string built = "HopLimit", Func<byte[], byte[]>? damage = null)
    {
        var bytes = File.ReadAllBytes(Built(built));
        return AddBytes(folder, damage is null ? bytes : damage(bytes));
    }

    public string AddBytes(string folder, byte[] content) => AddFile(folder, folder + ".dll", content);

    public string AddFile(string folder, string name, byte[] content)
    {
        Directory.CreateDirectory(Path.Combine(_root, folder));
        var path = Path.Combine(_root, folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void AddFolder(string folder) => Directory.CreateDirectory(Path.Combine(_root, folder));

    public PluginCatalog Open() => Open(_root);

    public static PluginCatalog Open(params string[] paths)
    {
        var diagnostics = new DiagnosticBag();
        var catalog = new PluginStore([.. paths.Select(path => new PluginRoot(path, new SourcePosition("pipeline.yaml", 1, 15)))]).Open([], diagnostics);
        Assert.Empty(diagnostics.ToList());
        return catalog;
    }

    /// <summary>True when this process has loaded code from the folder.</summary>
    public bool IsLoaded(string folder) =>
        AppDomain.CurrentDomain.GetAssemblies().Any(assembly =>
            !assembly.IsDynamic && assembly.Location.StartsWith(Path.Combine(_root, folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    /// <summary>What is said, with the random folder's name taken out.</summary>
    public string Text(IEnumerable<Diagnostic> diagnostics) =>
        string.Join("\n", diagnostics).Replace(_root, "/plugins", StringComparison.Ordinal);

    public string Text(StageLookup lookup) => $"{lookup.Code} {lookup.Message}; {lookup.Remedy}".Replace(_root, "/plugins", StringComparison.Ordinal);

    /// <summary>Replaces bytes of one length by others wherever they occur; they must.</summary>
    public static Func<byte[], byte[]> Replace(string from, string to) => content =>
    {
        var (old, next) = (Encoding.UTF8.GetBytes(from), Encoding.UTF8.GetBytes(to));
        Assert.Equal(old.Length, next.Length);
        var result = (byte[])content.Clone();
        var found = 0;
        for (var i = 0; i + old.Length <= result.Length; i++)
        {
            if (result.AsSpan(i, old.Length).SequenceEqual(old))
            {
                next.CopyTo(result, i);
                found++;
            }
        }

        Assert.True(found > 0, $"'{from}' does not occur");
        return result;
    };

    /// <summary>Changes the version of the contract that the DLL says it was built against.</summary>
    public static Func<byte[], byte[]> ContractVersion(ushort major, ushort minor) => content =>
    {
        var result = (byte[])content.Clone();
        using var file = new PEReader(new MemoryStream(content));
        var reader = file.GetMetadataReader();
        var row = reader.AssemblyReferences
            .Single(handle => reader.GetString(reader.GetAssemblyReference(handle).Name) == "Culvert.Framework");
        var offset = file.PEHeaders.MetadataStartOffset + reader.GetTableMetadataOffset(TableIndex.AssemblyRef)
            + ((MetadataTokens.GetRowNumber(row) - 1) * reader.GetTableRowSize(TableIndex.AssemblyRef));
        BitConverter.TryWriteBytes(result.AsSpan(offset), major);
        BitConverter.TryWriteBytes(result.AsSpan(offset + 2), minor);
        return result;
    };
}
