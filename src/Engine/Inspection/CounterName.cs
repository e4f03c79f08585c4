using Culvert.Counters;

namespace Culvert.Engine.Inspection;

/// <summary>A counter's name as a person reads it.</summary>
public static class CounterName
{
    /// <summary>The name and the values of its tags: <c>dropped (inbound, tcp)</c>.</summary>
    public static string Of(Counter counter)
    {
        ArgumentNullException.ThrowIfNull(counter);
        return counter.Tags.Count == 0 ? counter.Name : $"{counter.Name} ({string.Join(", ", counter.Tags.Select(tag => tag.Value))})";
    }
}
