using Culvert.Stages;

namespace Culvert.Testing;

/// <summary>
/// The system's clock, which a law may set forward so that a stage's timers are due. They fire in <see cref="FireDue"/> only. Thread-safe.
/// </summary>
internal sealed class ForwardClock : TimeProvider
{
    private readonly TimerQueue _timers;
    private long _ahead;

    public ForwardClock() => _timers = new TimerQueue(this);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public override long GetTimestamp() =>
        (long)(base.GetTimestamp() * ((double)TimeSpan.TicksPerSecond / base.TimestampFrequency)) + Interlocked.Read(ref _ahead);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _timers.Create(callback, state, dueTime, period);

    /// <summary>Fires the timers that are due.</summary>
    public void FireDue() => _timers.FireDue();

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);
}
