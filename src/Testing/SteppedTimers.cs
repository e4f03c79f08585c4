using Culvert.Stages;

namespace Culvert.Testing;

/// <summary>
/// A context's clock with timers that fire in <see cref="FireDue"/> only: deterministic with any clock, and setting one allocates nothing.
/// Thread-safe.
/// </summary>
internal sealed class SteppedTimers : TimeProvider
{
    private readonly TimeProvider _clock;
    private readonly TimerQueue _timers;

    public SteppedTimers(TimeProvider clock) => (_clock, _timers) = (clock, new TimerQueue(clock));

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _timers.Create(callback, state, dueTime, period);

    /// <summary>The timestamp at which the next timer is due; null when none is set.</summary>
    public long? NextDue => _timers.NextDue;

    /// <summary>Fires the timers that are due.</summary>
    public void FireDue() => _timers.FireDue();
}
