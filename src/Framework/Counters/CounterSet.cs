using Culvert.Packets;

namespace Culvert.Counters;

/// <summary>
/// The counters of one stage, declared by it in its constructor. The host publishes them (<c>culvert status</c>, metrics, the report at
/// the end of a run) and counts by itself what comes in, goes out and is dropped. Thread-safe.
/// </summary>
public sealed class CounterSet
{
    private const string Packets = "packets";

    private static readonly string[] _hostReasons = ["discarded", "fault", "stopped", "stuck", "undeliverable"];

    private readonly Lock _gate = new();
    private readonly List<Counter> _counters = [];

    /// <summary>The counters in the order of their declaration, those of drop reasons included.</summary>
    public IReadOnlyList<Counter> All
    {
        get { lock (_gate) { return [.. _counters]; } }
    }

    /// <summary>Declares a counter, or returns the one that was declared with the same name and tags (by another lane, for example).</summary>
    /// <param name="name">Kebab case, unique within the stage together with the tags.</param>
    /// <param name="unit">A plural noun.</param>
    /// <param name="description">One sentence that says when it grows.</param>
    /// <param name="tags">Labels distinguishing counters with the same name, in a fixed order.</param>
    /// <exception cref="ArgumentException">The name is not kebab case, or belongs to a drop reason.</exception>
    public Counter Create(string name, string unit, string description, params ReadOnlySpan<KeyValuePair<string, string>> tags)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(unit);
        return Find(name, unit, description, isDropReason: false, tags);
    }

    /// <summary>Declares a reason for drops, or returns the one that was declared with the same name and tags.</summary>
    /// <param name="name">
    /// Kebab case, unique within the stage together with the tags. It says why: <c>bad-checksum</c>, not <c>dropped</c>.
    /// </param>
    /// <param name="description">One sentence that says which packets are dropped for it.</param>
    /// <param name="tags">Labels distinguishing reasons with the same name, in a fixed order.</param>
    /// <exception cref="ArgumentException">
    /// The name is not kebab case, does not say why, is one of the host's own reasons, or belongs to a counter.
    /// </exception>
    public DropReason DropReason(string name, string description, params ReadOnlySpan<KeyValuePair<string, string>> tags)
    {
        if (name is "dropped" or "drop" or "drops")
        {
            throw new ArgumentException($"'{name}' does not say why packets are dropped; name the cause, for example 'bad-checksum'.", nameof(name));
        }

        if (IsHostReason(name))
        {
            throw new ArgumentException($"'{name}' is a drop reason of the host; choose another name.", nameof(name));
        }

        return new DropReason(Find(name, Packets, description, isDropReason: true, tags));
    }

    /// <summary>Whether a name belongs to a reason of the host.</summary>
    internal static bool IsHostReason(string name) => _hostReasons.Contains(name);

    /// <summary>A reason for which the host drops packets at this stage; declared when it first happens.</summary>
    internal DropReason HostReason(string name, string description, Direction direction)
    {
        System.Diagnostics.Debug.Assert(IsHostReason(name), "The names are reserved.");
        var tag = new KeyValuePair<string, string>("direction", direction == Direction.Outbound ? "outbound" : "inbound");
        return new DropReason(Find(name, Packets, description, isDropReason: true, tag));
    }

    private static bool IsKebabCase(string name) =>
        char.IsAsciiLetterLower(name[0]) && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal)
        && name.All(one => char.IsAsciiLetterLower(one) || char.IsAsciiDigit(one) || one == '-');

    private Counter Find(
        string name, string unit, string description, bool isDropReason, params ReadOnlySpan<KeyValuePair<string, string>> tags)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        if (!IsKebabCase(name))
        {
            throw new ArgumentException($"'{name}' is not a valid counter name; write lower-case words joined by hyphens, for example 'bad-checksum'.", nameof(name));
        }

        lock (_gate)
        {
            foreach (var known in _counters.Where(known => known.Name == name))
            {
                if (known.IsDropReason != isDropReason)
                {
                    throw new ArgumentException($"'{name}' is declared both as a counter and as a drop reason.", nameof(name));
                }

                if (tags.SequenceEqual([.. known.Tags]))
                {
                    return known;
                }
            }

            var counter = new Counter(name, unit, description, tags.ToArray(), isDropReason);
            _counters.Add(counter);
            return counter;
        }
    }
}
