namespace Culvert.Plugins.Transport.Udp;

/// <summary>Limits a kind of log line that traffic could repeat without end to one a minute. Thread-safe.</summary>
internal sealed class LogLimit(TimeProvider time)
{
    private const int Interval = 60;

    // By the clock that nobody sets: one that is set back would silence the log until it is there again.
    private long _next = long.MinValue;

    /// <summary>Whether a line may be written now.</summary>
    public bool Allows()
    {
        var now = time.GetTimestamp();
        var next = Volatile.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + (Interval * time.TimestampFrequency), next) == next;
    }
}
