namespace Culvert.Counters;

/// <summary>
/// A number that only grows, with the words that explain it. Thread-safe. An increment costs a few nanoseconds: fine for the packet
/// that is changed; what counts every packet is added up in a local and added once a batch.
/// </summary>
public sealed class Counter
{
    private long _value;

    internal Counter(
        string name, string unit, string description, IReadOnlyList<KeyValuePair<string, string>> tags, bool isDropReason = false) =>
        (Name, Unit, Description, Tags, IsDropReason, Last) = (name, unit, description, tags, isDropReason, isDropReason ? new LastDrop() : null);

    /// <summary>The name in kebab case, for instance <c>clamped</c>.</summary>
    public string Name { get; }

    /// <summary>The unit, as a plural noun: <c>packets</c>, <c>bytes</c>, <c>handshakes</c>.</summary>
    public string Unit { get; }

    /// <summary>One sentence that says when it grows.</summary>
    public string Description { get; }

    /// <summary>Labels distinguishing counters with the same name, for instance <c>direction=outbound</c>; usually empty.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; }

    /// <summary>Whether it counts packets dropped for one <see cref="DropReason"/>.</summary>
    public bool IsDropReason { get; }

    /// <summary>An example of what a reason for drops counts; null for other counters.</summary>
    internal LastDrop? Last { get; }

    /// <summary>The current value.</summary>
    public long Value => Interlocked.Read(ref _value);

    /// <summary>Adds one.</summary>
    public void Increment() => Interlocked.Increment(ref _value);

    /// <summary>Adds a number; 0 costs nothing.</summary>
    /// <param name="amount">0 or more.</param>
    public void Add(long amount)
    {
        if (amount != 0)
        {
            Interlocked.Add(ref _value, amount);
        }
    }

    /// <summary><c>name{tag=value}: 12 packets</c>.</summary>
    public override string ToString()
    {
        var tags = Tags.Count == 0 ? "" : "{" + string.Join(",", Tags.Select(tag => $"{tag.Key}={tag.Value}")) + "}";
        return $"{Name}{tags}: {Value} {Unit}";
    }
}
