namespace Culvert.Plugins.Transport.Udp;

/// <summary>Lets through one log line a minute of a kind that traffic could otherwise repeat without end. Thread-safe.</summary>
internal sealed class LogLimit(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _next = long.MinValue;

    /// <summary>True when a line may be written now.</summary>
    public bool Allows()
    {
        var now = time.GetUtcNow().UtcTicks;
        var next = Volatile.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + Interval.Ticks, next) == next;
    }
}
