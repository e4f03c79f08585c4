namespace Culvert.Options;

/// <summary>
/// A value of pipeline.yaml as the host read it, without the YAML parser behind it: a scalar's text, a list, or a mapping. For option
/// types that read themselves (<see cref="IOptionValue{T}"/>).
/// </summary>
public abstract class OptionNode
{
    /// <summary>The text of a scalar; null for a list or a mapping.</summary>
    public abstract string? Scalar { get; }

    /// <summary>The items of a list; null for anything else.</summary>
    public abstract IReadOnlyList<OptionNode>? Items { get; }

    /// <summary>The entries of a mapping in the file's order; null for anything else.</summary>
    public abstract IReadOnlyList<KeyValuePair<string, OptionNode>>? Entries { get; }

    /// <summary>The folder that relative paths count from: the one that holds the file.</summary>
    public abstract string BaseDirectory { get; }

    /// <summary>The node in words, for messages: <c>"a list"</c>, <c>"a mapping"</c>, <c>"'text'"</c>.</summary>
    public abstract string Describe();
}
