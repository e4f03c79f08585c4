using Culvert.Algorithms;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Which initiations are looked at: 5 a second of each source, an IPv4 address or an IPv6 /64, and of what exceeds that 1024 at once and 3,200 a
/// second of all sources together. A source that calls now and then is thereby served before those of a flood, at the cost of a hash for
/// each message. As sources may be forged, one that exceeds its share competes for what all others leave, and is not refused for its address. Counts
/// sources in a fixed table, where two may share a place, and anew each second. Used on one loop only.
/// </summary>
internal sealed class SourceQuota(Clock clock)
{
    /// <summary>The initiations of one source in a second that need no place among the others.</summary>
    public const int PerSource = 5;

    /// <summary>The other initiations at once: a quarter of the ring, so that they leave room in it.</summary>
    public const int OtherBurst = HandshakeInbox.OtherCapacity / 4;

    /// <summary>The other initiations in a second: 32 in 10 ms.</summary>
    public const int OtherPerSecond = 3_200;

    private const int Places = 1 << 16;

    private readonly TokenBucket _others = new(clock.Provider, OtherPerSecond, OtherBurst);
    private readonly long _second = clock.Ticks(TimeSpan.FromSeconds(1));
    private byte[]? _counts;
    private long _resetAt = long.MinValue;
    private long _emptyAt = long.MinValue;

    /// <summary>Whether an initiation is looked at; it is counted.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">The time in the clock's ticks.</param>
    public bool Admits(in DatagramEndpoint source, long now)
    {
        if (IsRare(source, now))
        {
            return true;
        }

        // All of a batch has one timestamp: what was refused once in it is refused again without arithmetic.
        if (_emptyAt != now && _others.TryTake(1, now))
        {
            return true;
        }

        _emptyAt = now;
        return false;
    }

    // The lower of two counts, in places of their own: a source that sends little is held for one of a flood only where it shares both.
    private bool IsRare(in DatagramEndpoint source, long now)
    {
        var counts = _counts ??= new byte[2 * Places];
        if (now >= _resetAt)
        {
            _resetAt = now + _second;
            Array.Clear(counts);
        }

        // The hash has a seed of this process, so nobody can choose whom to share places with.
        var key = RateLimiter.KeyOf(source);
        var hash = (uint)HashCode.Combine((uint)key, (uint)(key >> 32));
        ref var first = ref counts[hash % Places];
        ref var second = ref counts[Places + (hash / Places)];
        var isRare = first < PerSource || second < PerSource;
        first += first < PerSource ? (byte)1 : (byte)0;
        second += second < PerSource ? (byte)1 : (byte)0;
        return isRare;
    }
}
