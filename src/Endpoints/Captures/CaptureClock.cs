namespace Culvert.Endpoints.Captures;

/// <summary>Converts the timestamps of batches to the time that captures have. Not thread-safe.</summary>
/// <param name="time">The clock of the timestamps.</param>
public sealed class CaptureClock(TimeProvider time)
{
    private const long NanosecondsPerTick = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long Step = 1_000_000;

    private long _offset;

    /// <summary>Compares the clock with the calendar's, before timestamps are converted.</summary>
    public void Update()
    {
        var utc = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;
        var offset = utc - Scale(time.GetTimestamp());
        // Not for each difference of a microsecond: times of one flow must not go back.
        if (Math.Abs(offset - _offset) > Step)
        {
            _offset = offset;
        }
    }

    /// <summary>Nanoseconds since 1970 UTC.</summary>
    public long Nanoseconds(long timestamp) => Scale(timestamp) + _offset;

    private long Scale(long timestamp) => (long)((Int128)timestamp * NanosecondsPerSecond / time.TimestampFrequency);
}
