using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Loading;

/// <summary>Reads <c>shadow</c> as an entry of its own, which then takes the same steps as any other.</summary>
internal static class CandidateDraft
{
    private static readonly string[] _naming = ["plugin", "stage", "options"];

    /// <summary>Reads the candidate of an entry.</summary>
    /// <returns>Null where the entry has none, or none that can be used, which was reported.</returns>
    public static EntryDraft? Of(EntryDraft entry, DiagnosticBag diagnostics)
    {
        if (entry.Keys.Shadow is not { } shadow || entry.Node.Find("shadow")?.Value is not { } head)
        {
            return null;
        }

        // A key whose value is wrong, which was reported, counts as named.
        if (!_naming.Any(key => head.Find(key) is not null))
        {
            diagnostics.Add(
                DiagnosticCodes.MissingKey, head.Position, $"'shadow' of '{entry.Id}' names no candidate",
                "add plugin: FOLDER, stage: NAME or options: {…}");
            return null;
        }

        var keys = new EntryKeys { Stage = shadow.Stage ?? entry.Keys.Stage, Plugin = shadow.Plugin ?? (shadow.Stage is null ? entry.Keys.Plugin : null) };
        return new EntryDraft(OptionsOf(entry, shadow, head), keys)
        {
            Id = $"{entry.Id} (shadow)",
            Head = head,
            CommonKeys = [],
        };
    }

    private static FileNode OptionsOf(EntryDraft entry, ShadowKeys shadow, FileNode head)
    {
        IReadOnlyList<FileEntry> own = shadow.Options is { } given ? given.Node.FileEntries!
            : shadow.Stage is null || shadow.Stage == entry.Keys.Stage ? [.. entry.Node.FileEntries!.Where(each => !EntryReader.CommonKeys.Contains(each.Key))]
            : [];
        return FileNode.OfMapping(head.Origin, head.Position.Line, head.Position.Column, own);
    }
}
