using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Loading;

/// <summary>Reads the list <c>stages</c> and the keys that every entry has; a stage's own keys are read when the stage is known.</summary>
internal static class EntryReader
{
    /// <summary>The key of the list.</summary>
    public const string StagesKey = "stages";

    private static readonly OptionSchema Schema = OptionSchema.Of(typeof(EntryKeys));

    /// <summary>The keys that every entry may have.</summary>
    public static IReadOnlyList<string> CommonKeys { get; } = [.. Schema.Keys.Select(key => key.Name)];

    public static List<EntryDraft>? Read(FileNode root, DiagnosticBag diagnostics)
    {
        const string Remedy = "list the stages from the host's side to the network's side, each as '- stage: NAME'";
        var stages = root.Find(StagesKey);
        if (stages is null)
        {
            diagnostics.Add(DiagnosticCodes.MissingKey, root.Position, "the file has no 'stages'", Remedy);
            return null;
        }

        if (stages.Value.FileItems is not { } items)
        {
            diagnostics.Add(DiagnosticCodes.WrongType, stages.Value.Position, $"'stages' is {stages.Value.Describe()}", Remedy);
            return null;
        }

        List<EntryDraft> entries = [];
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            var place = new KeyPlace(StagesKey, null).Item(i);
            if (item.FileEntries is null)
            {
                var remedy = item.Scalar is { } name ? $"write '- stage: {name}'" : "write '- stage: NAME' and its keys";
                diagnostics.Add(DiagnosticCodes.WrongType, item.Position, $"'{place.Path}' is {item.Describe()}", remedy);
                continue;
            }

            if (Read(item, diagnostics, place.Path) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>Reads the keys that every entry has.</summary>
    /// <param name="item">A mapping.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    /// <param name="owner">The entry's name in messages.</param>
    /// <returns>Null when a required key is missing, which was reported.</returns>
    public static EntryDraft? Read(FileNode item, DiagnosticBag diagnostics, string owner)
    {
        // The stage's own keys are judged later, when the stage is known.
        string[] others = [.. item.FileEntries!.Select(entry => entry.Key)];
        var bound = Schema.Bind(item, new KeyPlace("", null), diagnostics, others, owner);
        return bound.IsComplete ? new EntryDraft(item, (EntryKeys)bound.Options) : null;
    }
}
