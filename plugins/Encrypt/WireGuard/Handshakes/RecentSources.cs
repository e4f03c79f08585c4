using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Which sources called just now, in a fixed memory of 2 MiB of which only what is used is touched: a Bloom filter whose places hold the time until which
/// a source is remembered. Of 65,536 sources it takes one in 400 for known that is not. Not thread-safe.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="min">How long a source is remembered at least.</param>
/// <param name="max">And at most. Spread, the sources of a flood that came together do not come back together, and leave room for others at any time.</param>
internal sealed class RecentSources(Clock clock, TimeSpan min, TimeSpan max)
{
    private const int PlaceBits = 20;
    private const int Places = 1 << PlaceBits;
    private const int Hashes = 4;
    private const int TicksPerSecond = 8;
    private const int MaxLifetime = 256;

    private readonly int _min = (int)(min.TotalSeconds * TicksPerSecond);
    private readonly int _span = (int)((max - min).TotalSeconds * TicksPerSecond) + 1;
    private readonly long _tick = clock.Ticks(TimeSpan.FromSeconds(1)) / TicksPerSecond;
    private ushort[]? _until;
    private uint _spread;

    /// <summary>Whether a source is remembered.</summary>
    /// <param name="hash">The source's hash.</param>
    /// <param name="now">The time in the clock's ticks.</param>
    public bool Contains(ulong hash, long now)
    {
        if (_until is not { } until)
        {
            return false;
        }

        var time = TimeOf(now);
        for (var i = 0; i < Hashes; i++)
        {
            // A time repeats after two hours, and then matters only where all places of a source do so within the same seconds.
            var end = until[Place(hash, i)];
            if (end == 0 || (ushort)(end - time - 1) >= MaxLifetime)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A source calls.</summary>
    /// <param name="hash">The source's hash.</param>
    /// <param name="now">The time in the clock's ticks.</param>
    public void Add(ulong hash, long now)
    {
        var until = _until ??= new ushort[Places];
        // Numerical Recipes' generator: it spreads, and nobody gains by guessing.
        _spread = (_spread * 1664525) + 1013904223;
        var end = (ushort)(TimeOf(now) + _min + (int)((_spread >> 8) % (uint)_span));
        for (var i = 0; i < Hashes; i++)
        {
            until[Place(hash, i)] = end == 0 ? (ushort)1 : end;
        }
    }

    /// <summary>Forgets a source, and at times another one that shares a place with it.</summary>
    /// <param name="hash">The source's hash.</param>
    public void Remove(ulong hash)
    {
        for (var i = 0; _until is { } until && i < Hashes; i++)
        {
            until[Place(hash, i)] = 0;
        }
    }

    // Two numbers of the hash make all places (Kirsch and Mitzenmacher, 2006).
    private static int Place(ulong hash, int number) =>
        (int)(((uint)hash + ((uint)number * ((uint)(hash >> 32) | 1))) & (Places - 1));

    private ushort TimeOf(long now) => (ushort)(now / _tick);
}
