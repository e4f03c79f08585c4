namespace Culvert.Plugins.Transport.Udp;

/// <summary>Limits a kind of log line that traffic could repeat without end to one a minute. Thread-safe.</summary>
internal sealed class LogLimit(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _next = long.MinValue;

    /// <summary>Whether a line may be written now.</summary>
    public bool Allows()
    {
        var now = time.GetUtcNow().UtcTicks;
        var next = Volatile.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + Interval.Ticks, next) == next;
    }
}
