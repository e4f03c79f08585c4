using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Culvert.Algorithms;
using Culvert.Wire;

namespace Culvert.Plugins.Police;

/// <summary>
/// The token buckets of prefixes, in arrays of fixed size: sets of 8, one of which a prefix's hash selects. A bucket that is full again is
/// as good as a new one, so its prefix makes room for another. Where a set has none, the new prefix shares a bucket of it. Any thread may
/// use the table; a set is held for some ten nanoseconds, and others spin meanwhile. Nothing is allocated after construction.
/// </summary>
internal sealed class BucketTable
{
    /// <summary>The most prefixes with a bucket of their own.</summary>
    public const int MaxPrefixes = 4096;

    private const int Ways = 8;

    private readonly ulong[] _secrets = new ulong[2];
    private readonly int[] _gates;
    private readonly ulong[] _hashes;
    private readonly IpAddressValue[] _prefixes;
    private readonly TokenBucket[] _buckets;
    private long _burst;

    /// <summary>Creates full buckets.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="places">1 for a rate that all packets share, or a multiple of 8.</param>
    /// <param name="rate">Tokens a second.</param>
    /// <param name="burst">Tokens at once.</param>
    public BucketTable(TimeProvider time, int places, long rate, long burst)
    {
        _burst = burst;
        _gates = new int[Math.Max(1, places / Ways)];
        _hashes = new ulong[places];
        _prefixes = new IpAddressValue[places];
        _buckets = [.. Enumerable.Range(0, places).Select(_ => new TokenBucket(time, rate, burst))];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_secrets.AsSpan()));
    }

    /// <summary>Changes the rate and the burst of all buckets; the levels stay. For one thread at a time.</summary>
    public void Change(long rate, long burst)
    {
        Volatile.Write(ref _burst, burst);
        foreach (var bucket in _buckets)
        {
            bucket.Change(rate, burst);
        }
    }

    /// <summary>Takes tokens from a prefix's bucket, all of them or none.</summary>
    /// <param name="prefix">The prefix; means nothing where all packets share one bucket.</param>
    /// <param name="count">How many.</param>
    /// <param name="timestamp">The batch's time.</param>
    public bool TryTake(in IpAddressValue prefix, long count, long timestamp)
    {
        if (_buckets.Length == 1)
        {
            return _buckets[0].TryTake(count, timestamp);
        }

        var high = Math.BigMul((ulong)(prefix.Bits >> 64) ^ _secrets[0], (ulong)prefix.Bits ^ _secrets[1], out var low);
        var hash = high ^ low;
        var set = (int)(((hash >> 32) * (ulong)_gates.Length) >> 32);
        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref _gates[set], 1, 0) != 0)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        var taken = _buckets[Place(prefix, hash, set * Ways)].TryTake(count, timestamp);
        Volatile.Write(ref _gates[set], 0);
        return taken;
    }

    private int Place(in IpAddressValue prefix, ulong hash, int first)
    {
        for (var at = first; at < first + Ways; at++)
        {
            if (_hashes[at] == hash && _prefixes[at] == prefix)
            {
                return at;
            }
        }

        var burst = Volatile.Read(ref _burst);
        for (var at = first; at < first + Ways; at++)
        {
            if (_buckets[at].Available >= burst)
            {
                (_hashes[at], _prefixes[at]) = (hash, prefix);
                return at;
            }
        }

        return first + (int)(hash % Ways);
    }
}
