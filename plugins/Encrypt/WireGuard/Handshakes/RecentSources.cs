using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Which sources called within the last 5 s, in a fixed memory of 2 MiB of which only what is used is touched: a Bloom filter whose places hold the time
/// of the last call, so that sources are forgotten one by one and not all at once. Of 65,536 sources it takes one in 400 for known that is not. Not
/// thread-safe.
/// </summary>
internal sealed class RecentSources(Clock clock)
{
    private const int PlaceBits = 20;
    private const int Places = 1 << PlaceBits;
    private const int Hashes = 4;
    private const int TicksPerSecond = 8;
    private const int Lifetime = 5 * TicksPerSecond;

    private readonly long _tick = clock.Ticks(TimeSpan.FromSeconds(1)) / TicksPerSecond;
    private ushort[]? _calls;

    /// <summary>Whether a source called within the last 5 s.</summary>
    /// <param name="hash">The source's hash.</param>
    /// <param name="now">The time in the clock's ticks.</param>
    public bool Contains(ulong hash, long now)
    {
        if (_calls is not { } calls)
        {
            return false;
        }

        var time = TimeOf(now);
        for (var i = 0; i < Hashes; i++)
        {
            // A time repeats after two hours, and then matters only where all places of a source do so within the same 5 s.
            var call = calls[Place(hash, i)];
            if (call == 0 || (ushort)(time - call) >= Lifetime)
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
        var calls = _calls ??= new ushort[Places];
        var time = TimeOf(now);
        for (var i = 0; i < Hashes; i++)
        {
            calls[Place(hash, i)] = time;
        }
    }

    // Two numbers of the hash make all places (Kirsch and Mitzenmacher, 2006).
    private static int Place(ulong hash, int number) =>
        (int)(((uint)hash + ((uint)number * ((uint)(hash >> 32) | 1))) & (Places - 1));

    // Never 0, which is an empty place.
    private ushort TimeOf(long now) => (ushort)Math.Max(1, now / _tick % (ushort.MaxValue + 1));
}
