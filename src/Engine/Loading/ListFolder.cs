using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
using Culvert.Endpoints.Files;
using Culvert.Options;

namespace Culvert.Engine.Loading;

/// <summary>
/// Adds the items of a folder's files to a list of an entry (<c>peers-from: peers.d/</c>). Each item keeps its place in its own file, so that
/// all that is said about it names that file.
/// </summary>
internal static class ListFolder
{
    private static readonly EnumerationOptions _options = new() { AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false };

    /// <summary>Returns the entry with the lists that its folders add to; mistakes are reported.</summary>
    public static FileNode Merge(FileNode entry, OptionSchema schema, DiagnosticBag diagnostics)
    {
        foreach (var key in schema.Keys)
        {
            if (key.AddsTo is { } list && entry.Find(key.Name) is { } folder && FilePath.TryRead(folder.Value, out var path, out _))
            {
                entry = Add(entry, list, folder, Read(folder.Value, path, diagnostics));
            }
        }

        return entry;
    }

    private static FileNode Add(FileNode entry, string list, FileEntry folder, List<FileNode> items)
    {
        var own = entry.Find(list);
        if (own is not null && own.Value.FileItems is null)
        {
            // Not a list: reported when it is read.
            return entry;
        }

        var (position, node) = own is null ? (folder.Position, folder.Value) : (own.Position, own.Value);
        var merged = new FileEntry(
            list, position, FileNode.OfList(node.Origin, node.Position.Line, node.Position.Column, [.. own?.Value.FileItems ?? [], .. items]));
        return FileNode.OfMapping(
            entry.Origin, entry.Position.Line, entry.Position.Column, [.. entry.FileEntries!.Where(other => other.Key != list), merged]);
    }

    private static List<FileNode> Read(FileNode folder, FilePath path, DiagnosticBag diagnostics)
    {
        string[] names;
        try
        {
            // By name, so that a list is the same on every machine.
            names = [.. Directory.EnumerateFiles(path.Full, "*", _options).Select(Path.GetFileName).OfType<string>().Where(IsItemFile).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var reason = error is DirectoryNotFoundException ? "does not exist" : $"cannot be read: {error.Message.TrimEnd('.')}";
            diagnostics.Add(DiagnosticCodes.FolderUnreadable, folder.Position, $"the folder '{path}' {reason}", "create it, or remove the key");
            return [];
        }

        var shown = Path.Combine(Path.GetDirectoryName(folder.Origin.DisplayPath) ?? "", path.Text);
        return [.. names.SelectMany(name => ReadFile(Path.Combine(shown, name), Path.Combine(path.Full, name), diagnostics))];
    }

    // Editors leave copies beside a file: NAME~, .NAME.swp.
    private static bool IsItemFile(string name) =>
        name[0] != '.' && (name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal));

    private static IReadOnlyList<FileNode> ReadFile(string shown, string full, DiagnosticBag diagnostics)
    {
        const string Remedy = "list the items, each as '- KEY: VALUE', or write the keys of one";
        if (FileText.Read(shown, diagnostics, full) is not { } text)
        {
            return [];
        }

        if (FileTrust.Find(full) is { } problem)
        {
            diagnostics.Add(DiagnosticCodes.FileOpenToOthers, new SourcePosition(shown), problem.Message, problem.Remedy);
        }

        var root = YamlReader.Read(text, new FileOrigin(shown, Path.GetDirectoryName(full)!), diagnostics, Remedy);
        if (root is { FileItems: null, FileEntries: null })
        {
            diagnostics.Add(DiagnosticCodes.WrongType, root.Position, $"the file is {root.Describe()}", Remedy);
            return [];
        }

        return root is null ? [] : root.FileItems ?? [root];
    }
}
