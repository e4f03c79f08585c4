using System.Numerics;

namespace Culvert.Algorithms;

/// <summary>
/// Finds the last of many ascending numbers that is at or below another: an index over the leading bits, below what the numbers have in
/// common, leaves a few of them to search when they are spread out, and at worst all of them by halves. Immutable.
/// </summary>
/// <typeparam name="TAddress">An unsigned number as wide as an address, in host order.</typeparam>
internal readonly struct RangeIndex<TAddress>
    where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress>
{
    private const int MaxIndexBits = 16;

    private readonly TAddress[] _starts;
    private readonly TAddress _first;
    private readonly TAddress _span;
    private readonly int _shift;
    private readonly int[] _index;

    /// <summary>Builds the index.</summary>
    /// <param name="starts">Ascending, at least one; the first one counts as the least number, whatever it is.</param>
    public RangeIndex(TAddress[] starts)
    {
        _starts = starts;
        _first = starts.Length > 1 ? starts[1] : TAddress.MaxValue;
        _span = starts[^1] >= _first ? starts[^1] - _first : TAddress.Zero;
        var spanBits = PrefixMath<TAddress>.Width - int.CreateTruncating(TAddress.LeadingZeroCount(_span));
        var indexBits = Math.Min(Math.Min(MaxIndexBits, spanBits), 1 + BitOperations.Log2((uint)starts.Length));
        _shift = spanBits - indexBits;
        _index = BuildIndex(starts, _first, _shift, 1 << indexBits);
    }

    /// <summary>Returns the position of the last start at or below an address; 0 for an address below all.</summary>
    public int Find(TAddress address)
    {
        if (address < _first)
        {
            return 0;
        }

        var offset = address - _first;
        if (offset >= _span)
        {
            return _starts.Length - 1;
        }

        var bucket = int.CreateTruncating(offset >> _shift);
        var low = _index[bucket];
        var high = _index[bucket + 1];
        // The position lies in [low, high]: low starts at or below the bucket's first address.
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

        return low;
    }

    /// <summary>For each bucket the last start at or below its first address; one more entry closes the last bucket.</summary>
    private static int[] BuildIndex(TAddress[] starts, TAddress first, int shift, int buckets)
    {
        var index = new int[buckets + 1];
        var range = 0;
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var address = TAddress.CreateTruncating(bucket) << shift;
            while (range + 1 < starts.Length && starts[range + 1] - first <= address)
            {
                range++;
            }

            index[bucket] = range;
        }

        index[buckets] = starts.Length - 1;
        return index;
    }
}
