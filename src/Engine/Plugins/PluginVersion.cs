using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Culvert.Engine.Plugins;

/// <summary>The content of a plugin's folder: another value when a DLL in it, or its list of dependencies, is another.</summary>
/// <param name="Digest">
/// A hash of names and contents. Not a cryptographic one: whoever writes the files may change the code anyway. Of a plugin that only a restart
/// replaces, which makes it no more than a remark, names, sizes and times: reading and hashing all files would be 4 ms of each start.
/// </param>
internal readonly record struct PluginVersion(string Digest)
{
    private static readonly string[] Kinds = [".dll", ".so", ".dylib", ".json"];

    /// <summary>Reads the files. One that cannot be read counts as such: loading the plugin will report it.</summary>
    public static PluginVersion Of(PluginFolder folder)
    {
        var files = FilesOf(Path.GetDirectoryName(folder.AssemblyPath)!);
        return new PluginVersion(folder.Root.IsReplaceable ? Hash(files) : string.Join('\n', files.Select(Stamp)));
    }

    private static string Stamp(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file} {info.Length} {info.LastWriteTimeUtc.Ticks}") : file;
    }

    private static string Hash(IEnumerable<string> files)
    {
        var hash = new XxHash128();
        foreach (var file in files)
        {
            hash.Append(Encoding.UTF8.GetBytes(file));
            Append(hash, file);
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }

    private static IEnumerable<string> FilesOf(string folder) => !Directory.Exists(folder) ? [] :
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Kinds.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);

    private static void Append(XxHash128 hash, string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            hash.Append(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            hash.Append(Encoding.UTF8.GetBytes(error.GetType().Name));
        }
    }
}
