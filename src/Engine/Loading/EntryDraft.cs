using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;

namespace Culvert.Engine.Loading;

/// <summary>An entry of <c>stages</c> on its way from text to a <see cref="StageEntry"/>.</summary>
internal sealed class EntryDraft(FileNode node, EntryKeys keys)
{
    /// <summary>The mapping in the file, with the list items of folders once the stage is known.</summary>
    public FileNode Node { get; set; } = node;

    /// <summary>The keys that every entry has.</summary>
    public EntryKeys Keys => keys;

    /// <summary>The mapping with those keys.</summary>
    public FileNode Head { get; init; } = node;

    /// <summary>The names of those keys in <see cref="Node"/>.</summary>
    public IReadOnlyList<string> CommonKeys { get; init; } = EntryReader.CommonKeys;

    /// <summary>The candidate of <c>shadow</c>; null for none.</summary>
    public EntryDraft? Candidate { get; set; }

    /// <summary>Unique in the file.</summary>
    public string Id { get; set; } = keys.Stage;

    /// <summary>The stage; null when it was not found, which was reported.</summary>
    public StageType? Type { get; set; }

    /// <summary>Its options, complete enough to ask for a shape; null when a required key is missing.</summary>
    public object? Options { get; set; }

    /// <summary>The place of one of the keys; the entry's where it is absent.</summary>
    public SourcePosition PositionOf(string key) => Head.Find(key)?.Value.Position ?? Head.Position;
}
