namespace Culvert.Algorithms;

/// <summary>
/// Bounds a rate of bytes or packets: so many a second, and so many at once. The bucket is full at first and refills evenly. The level is
/// exact: it is counted in whole tokens since the start, so no rounding adds up.
/// <code>
/// if (!_bucket.TryTake(packet.Length, batch.Timestamp))
/// {
///     packet.Drop(_overLimit);
/// }
/// </code>
/// Any thread may take, so lanes can share one; taking waits for no other thread and allocates nothing. Packets of one super-packet arrive
/// as one batch with one timestamp, so a burst below 64 KiB makes TCP collapse.
/// </summary>
public sealed class TokenBucket
{
    /// <summary>The largest rate in tokens a second and the largest burst: more than 800 Gbit/s in bytes.</summary>
    public const long MaxRate = 100_000_000_000;

    private readonly TimeProvider _time;
    private volatile Pace _pace;

    // What was taken, on the line of tokens that Pace.At counts. Pace.At less this is the level; what exceeds the burst has overflowed.
    private long _taken;

    /// <summary>Creates a full bucket.</summary>
    /// <param name="time">The clock: <c>IStageContext.Time</c>.</param>
    /// <param name="rate">Tokens a second, 1 to <see cref="MaxRate"/>.</param>
    /// <param name="burst">Tokens at once, 1 to <see cref="MaxRate"/>. A request for more is always refused.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the burst is out of range.</exception>
    public TokenBucket(TimeProvider time, long rate, long burst)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _pace = new Pace(Checked(rate, nameof(rate)), Checked(burst, nameof(burst)), time.GetTimestamp(), 0, time.TimestampFrequency);
        _taken = -burst;
    }

    /// <summary>The tokens that can be taken now.</summary>
    public long Available
    {
        get
        {
            var pace = _pace;
            return Math.Min(pace.Burst, pace.At(_time.GetTimestamp()) - Volatile.Read(ref _taken));
        }
    }

    /// <summary>Takes tokens, all of them or none.</summary>
    /// <param name="count">How many; 0 always succeeds.</param>
    /// <returns><see langword="false"/> when fewer are available.</returns>
    public bool TryTake(long count = 1) => TryTake(count, _time.GetTimestamp());

    /// <summary>Takes tokens, all of them or none, without a reading of the clock.</summary>
    /// <param name="count">How many; 0 always succeeds.</param>
    /// <param name="timestamp">The time of the same clock: <c>PacketBatch.Timestamp</c>. One from the past refills nothing.</param>
    /// <returns><see langword="false"/> when fewer are available.</returns>
    public bool TryTake(long count, long timestamp)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var pace = _pace;
        var now = pace.At(timestamp);
        var seen = Volatile.Read(ref _taken);
        while (true)
        {
            var level = Math.Min(pace.Burst, now - seen);
            if (count > level)
            {
                return count == 0;
            }

            var before = Interlocked.CompareExchange(ref _taken, now - level + count, seen);
            if (before == seen)
            {
                return true;
            }

            // Another thread took in between, which bounds the repetitions by the number of requests.
            seen = before;
        }
    }

    /// <summary>Changes the rate and the burst. The level stays, cut to the new burst. For one thread at a time; others may take meanwhile.</summary>
    /// <param name="rate">Tokens a second, 1 to <see cref="MaxRate"/>.</param>
    /// <param name="burst">Tokens at once, 1 to <see cref="MaxRate"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the burst is out of range.</exception>
    public void Change(long rate, long burst)
    {
        var now = _time.GetTimestamp();
        _pace = new Pace(Checked(rate, nameof(rate)), Checked(burst, nameof(burst)), now, _pace.At(now), _time.TimestampFrequency);
    }

    private static long Checked(long value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxRate, name);
        return value;
    }

    /// <summary>A rate from a time on. The line of tokens continues where the pace before it ended.</summary>
    private sealed record Pace(long Rate, long Burst, long Since, long Base, long Frequency)
    {
        private readonly bool _isNarrow = Rate <= long.MaxValue / Frequency;

        /// <summary>The tokens that have come in since the bucket was created, rounded down.</summary>
        public long At(long timestamp)
        {
            // The sum wraps around after three years at the largest rate. Only differences are used, and these stay right.
            var (seconds, rest) = Math.DivRem(timestamp - Since, Frequency);
            var partial = _isNarrow ? rest * Rate / Frequency : (long)((Int128)rest * Rate / Frequency);
            return Base + (seconds * Rate) + partial;
        }
    }
}
