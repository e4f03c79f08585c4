using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Engine.Loading;

/// <summary>Replaces keys of a file's entries by others, which keep their own places, so that a mistake in one is reported where it was written.</summary>
internal static class OptionOverrides
{
    /// <summary>Replaces the entries that are named.</summary>
    /// <param name="overrides">A mapping of ids to mappings of keys; null for none.</param>
    /// <param name="entries">The file's entries, with their ids.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    public static void Apply(FileNode? overrides, List<EntryDraft> entries, DiagnosticBag diagnostics)
    {
        foreach (var (id, position, keys) in overrides?.FileEntries ?? [])
        {
            var index = entries.FindIndex(entry => entry.Id == id);
            if (index < 0)
            {
                diagnostics.Add(
                    DiagnosticCodes.UnknownKey, position, $"the pipeline has no entry '{id}'",
                    Suggestion.Remedy(id, [.. entries.Select(entry => entry.Id)], "the entries are"));
            }
            else if (keys.FileEntries is not { } own)
            {
                diagnostics.Add(
                    DiagnosticCodes.WrongType, keys.Position, $"the keys of '{id}' are {keys.Describe()}", $"write {{KEY: VALUE}} after '{id}:'");
            }
            else if (EntryReader.Read(Merge(entries[index].Node, own), diagnostics, id) is { } replaced)
            {
                replaced.Id = id;
                entries[index] = replaced;
            }
        }
    }

    private static FileNode Merge(FileNode entry, IReadOnlyList<FileEntry> own)
    {
        var kept = entry.FileEntries!.Where(old => !own.Any(replaced => replaced.Key == old.Key));
        return FileNode.OfMapping(entry.Origin, entry.Position.Line, entry.Position.Column, [.. kept, .. own]);
    }
}
