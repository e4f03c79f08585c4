using Culvert.Counters;

namespace Culvert.Engine.Inspection;

/// <summary>A counter's display name.</summary>
internal static class CounterName
{
    /// <summary>The name and the values of its tags: <c>bad-checksum (inbound, tcp)</c>.</summary>
    public static string Of(Counter counter)
    {
        ArgumentNullException.ThrowIfNull(counter);
        return Of(counter.Name, counter.Tags);
    }

    /// <inheritdoc cref="Of(Counter)"/>
    public static string Of(DropReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return Of(reason.Name, reason.Tags);
    }

    private static string Of(string name, IReadOnlyList<KeyValuePair<string, string>> tags) =>
        tags.Count == 0 ? name : $"{name} ({string.Join(", ", tags.Select(tag => tag.Value))})";
}
