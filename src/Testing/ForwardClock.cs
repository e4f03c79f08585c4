namespace Culvert.Testing;

/// <summary>The system's clock, which a law may set forward so that a stage's timers are due. Thread-safe.</summary>
internal sealed class ForwardClock : TimeProvider
{
    private long _ahead;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public override long GetTimestamp() =>
        (long)(base.GetTimestamp() * ((double)TimeSpan.TicksPerSecond / base.TimestampFrequency)) + Interlocked.Read(ref _ahead);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);
}
