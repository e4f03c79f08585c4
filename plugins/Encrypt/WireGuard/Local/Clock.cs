namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>The host's clock in its own ticks, so that the data path compares numbers. Thread-safe.</summary>
internal sealed class Clock(TimeProvider time, Random random)
{
    /// <summary>The underlying provider.</summary>
    public TimeProvider Provider => time;

    /// <summary>The current time in ticks.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>The current date and time.</summary>
    public DateTimeOffset UtcNow => time.GetUtcNow();

    /// <summary>Returns a random part of a span in ticks, which keeps two ends from calling each other at the same moment.</summary>
    public long Jitter(TimeSpan max) => (long)(Ticks(max) * random.NextDouble());

    /// <summary>Converts a span of time to ticks.</summary>
    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>Converts ticks to a span of time.</summary>
    public TimeSpan Span(long ticks) => TimeSpan.FromSeconds((double)ticks / time.TimestampFrequency);

    /// <summary>Returns the time until a moment, 0 or more.</summary>
    public TimeSpan Until(long moment) =>
        moment <= Now ? TimeSpan.Zero : Span(moment - Now);
}
