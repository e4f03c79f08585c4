using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Engine.Configuration;

/// <summary>A value of the file with its place. Immutable once read.</summary>
internal sealed class FileNode : OptionNode
{
    private const int LongestQuote = 40;
    private readonly string? _scalar;
    private readonly IReadOnlyList<FileNode>? _items;
    private readonly IReadOnlyList<FileEntry>? _entries;

    private FileNode(FileOrigin origin, int line, int column, string? scalar, IReadOnlyList<FileNode>? items, IReadOnlyList<FileEntry>? entries)
    {
        Origin = origin;
        Position = new SourcePosition(origin.DisplayPath, line, column);
        _scalar = scalar;
        _items = items;
        _entries = entries;
        Size = 1 + (items?.Sum(item => item.Size) ?? 0) + (entries?.Sum(entry => entry.Value.Size) ?? 0);
        if (entries is not null)
        {
            Entries = [.. entries.Select(entry => KeyValuePair.Create<string, OptionNode>(entry.Key, entry.Value))];
        }
    }

    /// <summary>The position of the value.</summary>
    public SourcePosition Position { get; }

    /// <summary>The number of values in it, itself included; one that several aliases stand for counts each time.</summary>
    public long Size { get; }

    /// <summary>True for a key without a value, <c>null</c> and <c>~</c>.</summary>
    public bool IsNull { get; private init; }

    /// <summary>Whether a part of it came from the environment.</summary>
    public bool IsVariable { get; private init; }

    /// <summary>Whether it needs an environment variable that is not set, which was reported: nothing else is said about it.</summary>
    public bool IsUnset { get; private init; }

    public override string? Scalar => IsNull ? null : _scalar;

    public override IReadOnlyList<OptionNode>? Items => _items;

    public override IReadOnlyList<KeyValuePair<string, OptionNode>>? Entries { get; }

    /// <summary>The entries with the places of their keys.</summary>
    public IReadOnlyList<FileEntry>? FileEntries => _entries;

    /// <summary>The items with their places.</summary>
    public IReadOnlyList<FileNode>? FileItems => _items;

    public override string BaseDirectory => Origin.BaseDirectory;

    /// <summary>The file that the value comes from.</summary>
    public FileOrigin Origin { get; }

    public static FileNode OfScalar(FileOrigin origin, int line, int column, string text, bool isNull) =>
        new(origin, line, column, text, null, null) { IsNull = isNull };

    /// <summary>A scalar with parts from the environment; null where a variable is not set.</summary>
    public static FileNode OfVariable(FileOrigin origin, int line, int column, string? text) =>
        new(origin, line, column, text ?? "", null, null) { IsVariable = true, IsUnset = text is null };

    public static FileNode OfList(FileOrigin origin, int line, int column, IReadOnlyList<FileNode> items) =>
        new(origin, line, column, null, items, null);

    public static FileNode OfMapping(FileOrigin origin, int line, int column, IReadOnlyList<FileEntry> entries) =>
        new(origin, line, column, null, null, entries);

    /// <summary>The entry of a mapping; null when there is none.</summary>
    public FileEntry? Find(string key) => _entries?.FirstOrDefault(entry => entry.Key == key);

    public override string Describe()
    {
        if (IsNull)
        {
            return "nothing";
        }

        if (_scalar is null)
        {
            return _items is null ? "a mapping" : "a list";
        }

        // Before it is cut: a part of a key is no longer recognised as one.
        var masked = SecretMask.Apply(_scalar);
        var shown = masked.Length <= LongestQuote ? masked : masked[..LongestQuote] + "…";
        return $"'{shown.ReplaceLineEndings(" ")}'";
    }
}

/// <summary>One key of a mapping, its place, and its value.</summary>
internal sealed record FileEntry(string Key, SourcePosition Position, FileNode Value);

/// <summary>The file that nodes come from.</summary>
/// <param name="DisplayPath">As the user wrote it.</param>
/// <param name="BaseDirectory">The folder that relative paths in it count from.</param>
internal sealed record FileOrigin(string DisplayPath, string BaseDirectory)
{
    /// <summary>The file itself; it need not exist.</summary>
    public FilePath File => new(DisplayPath, Path.Combine(BaseDirectory, Path.GetFileName(DisplayPath)));

    /// <summary>Whether a secret was found in it already, and who may read it was looked at.</summary>
    public bool HasSecret { get; set; }
}
