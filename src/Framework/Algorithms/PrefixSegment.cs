using System.Numerics;

namespace Culvert.Algorithms;

/// <summary>Arithmetic on the prefixes of one family.</summary>
/// <typeparam name="TAddress">An unsigned number as wide as an address, in host order.</typeparam>
internal static class PrefixMath<TAddress>
    where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress>
{
    /// <summary>The width of an address in bits.</summary>
    public static int Width { get; } = int.CreateTruncating(TAddress.PopCount(TAddress.MaxValue));

    /// <summary>Returns the last address of a prefix.</summary>
    public static TAddress Last(TAddress network, int length) =>
        length == 0 ? TAddress.MaxValue : network | ((TAddress.One << (Width - length)) - TAddress.One);

    /// <summary>Orders by network, an outer prefix before an inner one.</summary>
    public static int Compare(TAddress network, int length, TAddress otherNetwork, int otherLength)
    {
        var order = network.CompareTo(otherNetwork);
        return order != 0 ? order : length.CompareTo(otherLength);
    }
}

/// <summary>A prefix and the value that it leads to.</summary>
/// <param name="Network">The network address, without host bits.</param>
/// <param name="Length">The prefix length in bits.</param>
/// <param name="Value">The value.</param>
internal readonly record struct PrefixEntry<TAddress, TValue>(TAddress Network, int Length, TValue Value)
    where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress>
    where TValue : class
{
    /// <summary>The last address.</summary>
    public TAddress Last => PrefixMath<TAddress>.Last(Network, Length);

    /// <summary>Orders by network, an outer prefix before an inner one.</summary>
    public int CompareTo(TAddress network, int length) => PrefixMath<TAddress>.Compare(Network, Length, network, length);
}

/// <summary>A prefix and its new value.</summary>
/// <param name="Network">The network address, without host bits.</param>
/// <param name="Length">The prefix length in bits.</param>
/// <param name="Value">The value; null takes the prefix away.</param>
internal readonly record struct PrefixChange<TAddress, TValue>(TAddress Network, int Length, TValue? Value)
    where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress>
    where TValue : class
{
    /// <summary>Orders by network, an outer prefix before an inner one.</summary>
    public int CompareTo(TAddress network, int length) => PrefixMath<TAddress>.Compare(Network, Length, network, length);
}

/// <summary>
/// The prefixes of a stretch of addresses, laid over each other once, so that a look-up is one search for the last range that starts at or
/// below the address. Immutable.
/// </summary>
/// <typeparam name="TAddress">An unsigned number as wide as an address, in host order.</typeparam>
/// <typeparam name="TValue">The type of a prefix's value.</typeparam>
internal sealed class PrefixSegment<TAddress, TValue>
    where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress>
    where TValue : class
{
    private readonly RangeIndex<TAddress> _index;
    private readonly TValue?[] _values;

    /// <summary>Lays the prefixes over each other.</summary>
    /// <param name="start">The first address of the stretch.</param>
    /// <param name="covers">The prefixes that start before the stretch and contain its first address, outermost first.</param>
    /// <param name="entries">The prefixes that start in the stretch, in order.</param>
    public PrefixSegment(TAddress start, PrefixEntry<TAddress, TValue>[] covers, PrefixEntry<TAddress, TValue>[] entries)
    {
        (Start, Covers, Entries) = (start, covers, entries);
        var starts = new List<TAddress>((2 * entries.Length) + covers.Length + 1) { TAddress.Zero };
        var values = new List<TValue?>(starts.Capacity) { covers.Length > 0 ? covers[^1].Value : null };
        LayOver(covers, entries, starts, values);
        _index = new RangeIndex<TAddress>([.. starts]);
        _values = [.. values];
    }

    /// <summary>The first address of the stretch.</summary>
    public TAddress Start { get; }

    /// <summary>The prefixes that start before the stretch and contain its first address, outermost first.</summary>
    public PrefixEntry<TAddress, TValue>[] Covers { get; }

    /// <summary>The prefixes that start in the stretch, in order.</summary>
    public PrefixEntry<TAddress, TValue>[] Entries { get; }

    /// <summary>Returns the value of the longest prefix that contains an address of the stretch, or null.</summary>
    public TValue? Lookup(TAddress address) => _values[_index.Find(address)];

    /// <summary>Returns where a prefix is among the entries; the complement of where it belongs when it is not there.</summary>
    public int Find(TAddress network, int length)
    {
        var (low, high) = (0, Entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = Entries[middle].CompareTo(network, length);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    private static void LayOver(
        PrefixEntry<TAddress, TValue>[] covers, PrefixEntry<TAddress, TValue>[] entries, List<TAddress> starts, List<TValue?> values)
    {
        var open = new Stack<PrefixEntry<TAddress, TValue>>(covers);
        foreach (var entry in entries)
        {
            CloseBefore(entry.Network);
            StartRange(entry.Network, entry.Value);
            open.Push(entry);
        }

        CloseBefore(null);

        void CloseBefore(TAddress? next)
        {
            while (open.Count > 0 && (next is null || open.Peek().Last < next))
            {
                var last = open.Pop().Last;
                if (last != TAddress.MaxValue)
                {
                    StartRange(last + TAddress.One, open.Count > 0 ? open.Peek().Value : null);
                }
            }
        }

        void StartRange(TAddress start, TValue? value)
        {
            if (starts[^1] == start)
            {
                values[^1] = value;
            }
            else
            {
                starts.Add(start);
                values.Add(value);
            }
        }
    }
}
