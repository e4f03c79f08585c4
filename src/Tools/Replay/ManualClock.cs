using Culvert.Stages;

namespace Culvert.Tools.Replay;

/// <summary>
/// A clock that stands still until it is told another time, in nanoseconds since 1970 UTC. Its timers fire in order of their time, on the
/// caller's thread, so that a replay is the same each time. Not thread-safe.
/// </summary>
internal sealed class ManualClock : TimeProvider
{
    /// <summary>
    /// The most timers that fire on the way to another time: a capture with a gap of years is not stepped through keepalive by keepalive.
    /// </summary>
    public const int MaxFirings = 100_000;

    private const long NanosecondsPerTick = 100;

    private readonly TimerQueue _timers;

    /// <summary>Creates a clock.</summary>
    /// <param name="now">The time, in nanoseconds since 1970 UTC.</param>
    public ManualClock(long now) => (Now, _timers) = (now, new TimerQueue(this));

    /// <summary>The time, in nanoseconds since 1970 UTC.</summary>
    public long Now { get; private set; }

    /// <summary>When the next timer fires; null when none is set.</summary>
    public long? NextDue => _timers.NextDue;

    public override long TimestampFrequency => 1_000_000_000;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Now / NanosecondsPerTick);

    /// <summary>Sets a later time and fires the timers that are due. An earlier time changes nothing.</summary>
    public void SetTo(long time)
    {
        Now = Math.Max(Now, time);
        _timers.FireDue();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _timers.Create(callback, state, dueTime, period);
}
