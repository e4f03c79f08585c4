namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>The pipeline's clock in its own ticks, so that the data path compares numbers. Thread-safe.</summary>
internal sealed class Clock(TimeProvider time, Random random)
{
    /// <summary>The provider behind it.</summary>
    public TimeProvider Provider => time;

    /// <summary>Now, in ticks.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>Now, as a date.</summary>
    public DateTimeOffset UtcNow => time.GetUtcNow();

    /// <summary>A random share of a span, in ticks: what keeps two ends from calling at the same moment.</summary>
    public long Jitter(TimeSpan max) => (long)(Ticks(max) * random.NextDouble());

    /// <summary>A span of time in ticks.</summary>
    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>How long until a moment; never below zero.</summary>
    public TimeSpan Until(long moment) =>
        moment <= Now ? TimeSpan.Zero : TimeSpan.FromSeconds((double)(moment - Now) / time.TimestampFrequency);
}
