using System.Numerics;

namespace Culvert.Algorithms;

/// <summary>
/// The prefixes of one family, in segments of bounded size: a change builds the segments anew that the prefix reaches into, usually one,
/// and shares the others. Immutable.
/// </summary>
/// <typeparam name="TAddress">An unsigned number as wide as an address, in host order.</typeparam>
/// <typeparam name="TValue">The type of a prefix's value.</typeparam>
internal sealed class PrefixSet<TAddress, TValue>
    where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress>
    where TValue : class
{
    /// <summary>A larger segment is split. The smaller, the cheaper a change; the larger, the fewer segments to search.</summary>
    private const int MaxEntries = 256;

    /// <summary>So many prefixes stay in one segment, and a look-up has one search less.</summary>
    private const int MaxAlone = 1024;

    /// <summary>The cost of one change, in prefixes that a build places in the same time.</summary>
    private const int ChangeCost = 20;

    private readonly PrefixSegment<TAddress, TValue>[] _segments;
    private readonly RangeIndex<TAddress> _index;
    private readonly PrefixSegment<TAddress, TValue>? _only;

    private PrefixSet(PrefixSegment<TAddress, TValue>[] segments, RangeIndex<TAddress> index, int count) =>
        (_segments, _index, _only, Count) = (segments, index, segments.Length == 1 ? segments[0] : null, count);

    /// <summary>The number of prefixes.</summary>
    public int Count { get; }

    /// <summary>Builds a set. The later of two values for one prefix counts; null is no value.</summary>
    public static PrefixSet<TAddress, TValue> Build(PrefixChange<TAddress, TValue>[] prefixes)
    {
        var entries = new PrefixEntry<TAddress, TValue>[prefixes.Length];
        var count = 0;
        foreach (var (network, length, value) in Sorted(prefixes))
        {
            if (count > 0 && entries[count - 1].CompareTo(network, length) == 0)
            {
                count--;
            }

            // A null is still there for the next one to be compared with.
            entries[count++] = new(network, length, value!);
        }

        entries = Array.FindAll(entries[..count], entry => entry.Value is not null);
        var segments = new List<PrefixSegment<TAddress, TValue>>();
        AddSegments(segments, TAddress.Zero, [], entries, MaxAlone);
        return new([.. segments], IndexOf(segments), entries.Length);
    }

    /// <summary>Returns the value of the longest prefix that contains an address, or null.</summary>
    public TValue? Lookup(TAddress address) => SegmentOf(address).Lookup(address);

    /// <summary>Returns the value of exactly this prefix, or null.</summary>
    public TValue? Find(TAddress network, int length)
    {
        var segment = SegmentOf(network);
        var at = segment.Find(network, length);
        return at >= 0 ? segment.Entries[at].Value : null;
    }

    /// <summary>Returns a set with a prefix added or its value replaced.</summary>
    public PrefixSet<TAddress, TValue> With(PrefixEntry<TAddress, TValue> entry)
    {
        var isNew = Find(entry.Network, entry.Length) is null;
        return Change(
            entry,
            (entries, at) => at >= 0 ? [.. entries[..at], entry, .. entries[(at + 1)..]] : [.. entries[..~at], entry, .. entries[~at..]],
            covers => [.. covers.Where(cover => cover.Length < entry.Length), entry, .. covers.Where(cover => cover.Length > entry.Length)],
            isNew ? Count + 1 : Count);
    }

    /// <summary>Returns a set without a prefix; this one when it does not contain the prefix.</summary>
    public PrefixSet<TAddress, TValue> Without(TAddress network, int length) => Find(network, length) is not { } value
        ? this
        : Change(
            new(network, length, value),
            (entries, at) => [.. entries[..at], .. entries[(at + 1)..]],
            covers => [.. covers.Where(cover => cover.Length != length)],
            Count - 1);

    /// <summary>Returns a set with changes made one by one, or built anew where that is cheaper.</summary>
    public PrefixSet<TAddress, TValue> With(PrefixChange<TAddress, TValue>[] changes)
    {
        if (changes.Length * ChangeCost < Count)
        {
            return changes.Aggregate(this, (set, change) => change.Value is { } value
                ? set.With(new PrefixEntry<TAddress, TValue>(change.Network, change.Length, value))
                : set.Without(change.Network, change.Length));
        }

        return Build(
        [
            .. _segments.SelectMany(segment => segment.Entries).Select(entry => new PrefixChange<TAddress, TValue>(entry.Network, entry.Length, entry.Value)),
            .. changes,
        ]);
    }

    // By network, an outer prefix before an inner one, of equal ones the later after the earlier: OrderBy is stable. Most lists are in order.
    private static IEnumerable<PrefixChange<TAddress, TValue>> Sorted(PrefixChange<TAddress, TValue>[] prefixes)
    {
        for (var i = 1; i < prefixes.Length; i++)
        {
            if (prefixes[i - 1].CompareTo(prefixes[i].Network, prefixes[i].Length) > 0)
            {
                return prefixes.OrderBy(change => change.Network).ThenBy(change => change.Length);
            }
        }

        return prefixes;
    }

    private PrefixSegment<TAddress, TValue> SegmentOf(TAddress address) =>
        _only ?? _segments[_index.Find(address)];

    /// <summary>Changes the segment that the prefix starts in, and the covers of those that it reaches into.</summary>
    private PrefixSet<TAddress, TValue> Change(
        PrefixEntry<TAddress, TValue> prefix,
        Func<PrefixEntry<TAddress, TValue>[], int, PrefixEntry<TAddress, TValue>[]> changeEntries,
        Func<PrefixEntry<TAddress, TValue>[], PrefixEntry<TAddress, TValue>[]> changeCovers,
        int count)
    {
        var (first, last) = (_index.Find(prefix.Network), _index.Find(prefix.Last));
        var segments = new List<PrefixSegment<TAddress, TValue>>(_segments[..first]);
        var home = _segments[first];
        var entries = changeEntries(home.Entries, home.Find(prefix.Network, prefix.Length));

        // Without an entry a segment is left out: the one before it serves its addresses as well.
        if (entries.Length > 0 || first == 0)
        {
            AddSegments(segments, home.Start, home.Covers, entries, _segments.Length == 1 ? MaxAlone : MaxEntries);
        }

        for (var i = first + 1; i <= last; i++)
        {
            segments.Add(new(_segments[i].Start, changeCovers(_segments[i].Covers), _segments[i].Entries));
        }

        segments.AddRange(_segments[(last + 1)..]);
        var index = segments.Count == _segments.Length ? _index : IndexOf(segments);
        return new([.. segments], index, count);
    }

    private static RangeIndex<TAddress> IndexOf(List<PrefixSegment<TAddress, TValue>> segments) =>
        new([.. segments.Select(segment => segment.Start)]);

    /// <summary>Adds the entries of a stretch as one segment, or as several where they are more than <paramref name="max"/>.</summary>
    private static void AddSegments(
        List<PrefixSegment<TAddress, TValue>> segments, TAddress start, PrefixEntry<TAddress, TValue>[] covers,
        PrefixEntry<TAddress, TValue>[] entries, int max)
    {
        var cut = 0;
        max = entries.Length <= max ? max : MaxEntries;
        do
        {
            var end = entries.Length - cut <= max ? entries.Length : CutAfter(entries, cut + (MaxEntries / 2));
            segments.Add(new(start, covers, entries[cut..end]));
            cut = end;
            if (cut < entries.Length)
            {
                start = entries[cut].Network;
                covers = [.. covers.Concat(segments[^1].Entries).Where(entry => entry.Last >= start)];
            }
        }
        while (cut < entries.Length);
    }

    /// <summary>Returns where the entries can be cut, at or after a position: prefixes with one network address stay together.</summary>
    private static int CutAfter(PrefixEntry<TAddress, TValue>[] entries, int position)
    {
        while (position < entries.Length && entries[position].Network == entries[position - 1].Network)
        {
            position++;
        }

        return position;
    }
}
