namespace Culvert.Counters;

/// <summary>
/// The counters of one stage, declared by it in its constructor. The host publishes them (<c>culvert status</c>, metrics, the report at
/// the end of a run) and counts by itself what comes in, goes out and is dropped. Thread-safe.
/// </summary>
public sealed class CounterSet
{
    private readonly Lock _gate = new();
    private readonly List<Counter> _counters = [];

    /// <summary>The counters in the order of their declaration.</summary>
    public IReadOnlyList<Counter> All
    {
        get { lock (_gate) { return [.. _counters]; } }
    }

    /// <summary>Declares a counter, or gives the one that was declared with the same name and tags (another lane's, say).</summary>
    /// <param name="name">Kebab case, unique within the stage together with the tags.</param>
    /// <param name="unit">A plural noun.</param>
    /// <param name="description">One sentence that says when it grows.</param>
    /// <param name="tags">What tells it from siblings of the same name, in a fixed order.</param>
    public Counter Create(string name, string unit, string description, params ReadOnlySpan<KeyValuePair<string, string>> tags)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(unit);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        lock (_gate)
        {
            foreach (var known in _counters)
            {
                if (known.Name == name && tags.SequenceEqual([.. known.Tags]))
                {
                    return known;
                }
            }

            var counter = new Counter(name, unit, description, tags.ToArray());
            _counters.Add(counter);
            return counter;
        }
    }
}
