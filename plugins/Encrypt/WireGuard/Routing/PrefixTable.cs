using System.Numerics;

namespace Culvert.Plugins.Encrypt.WireGuard.Routing;

/// <summary>
/// Longest-prefix match as a search in sorted ranges: the prefixes are laid over each other once, so that a lookup is one search for the
/// last range that starts at or before the address. An index over the addresses' leading bits, below what they have in common, leaves a
/// few ranges to search for prefixes that are spread out, and at worst all of them by halves. Immutable: build another one to change it.
/// </summary>
/// <typeparam name="TAddress">An unsigned number as wide as an address, in host byte order.</typeparam>
/// <typeparam name="TValue">What a prefix leads to.</typeparam>
internal sealed class PrefixTable<TAddress, TValue>
    where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress>
    where TValue : class
{
    private const int MaxIndexBits = 16;

    private readonly TAddress[] _starts;
    private readonly TValue?[] _values;
    private readonly TAddress _first;
    private readonly TAddress _span;
    private readonly int _shift;
    private readonly int[] _index;

    /// <summary>Builds the table. A prefix given twice leads to the later value.</summary>
    /// <param name="prefixes">Network address without host bits, prefix length, value.</param>
    public PrefixTable(IEnumerable<(TAddress Network, int Length, TValue Value)> prefixes)
    {
        (_starts, _values) = Flatten([.. prefixes.OrderBy(prefix => prefix.Network).ThenBy(prefix => prefix.Length)]);
        _first = _starts.Length > 1 ? _starts[1] : TAddress.MaxValue;
        _span = _starts[^1] >= _first ? _starts[^1] - _first : TAddress.Zero;
        var spanBits = WidthOf(_span);
        var indexBits = Math.Min(Math.Min(MaxIndexBits, spanBits), 1 + BitOperations.Log2((uint)_starts.Length));
        _shift = spanBits - indexBits;
        _index = BuildIndex(indexBits);
    }

    /// <summary>The number of ranges.</summary>
    public int RangeCount => _starts.Length;

    /// <summary>The value of the longest prefix that covers an address, or null.</summary>
    public TValue? Lookup(TAddress address)
    {
        if (address < _first)
        {
            return _values[0];
        }

        var offset = address - _first;
        if (offset >= _span)
        {
            return _values[^1];
        }

        var bucket = int.CreateTruncating(offset >> _shift);
        var low = _index[bucket];
        var high = _index[bucket + 1];
        // The range looked for lies in [low, high]: low starts at or before the bucket's first address.
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (_starts[middle] <= address)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return _values[low];
    }

    private static int WidthOf(TAddress value) => int.CreateTruncating(TAddress.PopCount(TAddress.MaxValue)) - LeadingZeros(value);

    private static int LeadingZeros(TAddress value) => int.CreateTruncating(TAddress.LeadingZeroCount(value));

    private static TAddress LastOf(TAddress network, int length)
    {
        var width = int.CreateTruncating(TAddress.PopCount(TAddress.MaxValue));
        return length == 0 ? TAddress.MaxValue : network | ((TAddress.One << (width - length)) - TAddress.One);
    }

    private static (TAddress[] Starts, TValue?[] Values) Flatten((TAddress Network, int Length, TValue Value)[] sorted)
    {
        var starts = new List<TAddress> { TAddress.Zero };
        var values = new List<TValue?> { null };
        var open = new Stack<(TAddress Last, TValue Value)>();
        foreach (var (network, length, value) in sorted)
        {
            CloseBefore(network);
            StartRange(network, value);
            open.Push((LastOf(network, length), value));
        }

        CloseBefore(null);
        return ([.. starts], [.. values]);

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

    /// <summary>For each bucket the last range that starts at or before its first address; one more entry closes the last bucket.</summary>
    private int[] BuildIndex(int bits)
    {
        var buckets = 1 << bits;
        var index = new int[buckets + 1];
        var range = 0;
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var first = TAddress.CreateTruncating(bucket) << _shift;
            while (range + 1 < _starts.Length && _starts[range + 1] - _first <= first)
            {
                range++;
            }

            index[bucket] = range;
        }

        index[buckets] = _starts.Length - 1;
        return index;
    }
}
