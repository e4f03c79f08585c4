namespace Culvert.Tools.Replay;

/// <summary>
/// A clock that stands still until it is told another time, in nanoseconds since 1970 UTC. Its timers fire in order of their time, on the
/// caller's thread, so that a replay is the same each time. Not thread-safe.
/// </summary>
internal sealed class ManualClock(long now) : TimeProvider
{
    /// <summary>
    /// The most timers that fire on the way to another time: a capture with a gap of years is not stepped through keepalive by keepalive.
    /// </summary>
    public const int MostFirings = 100_000;

    private const long NanosecondsPerTick = 100;

    private readonly PriorityQueue<Setting, (long Due, long Order)> _settings = new();
    private long _order;

    /// <summary>The time, in nanoseconds since 1970 UTC.</summary>
    public long Now { get; private set; } = now;

    /// <summary>When the next timer fires; null when none is set.</summary>
    public long? NextDue
    {
        get
        {
            while (_settings.TryPeek(out var next, out var at))
            {
                if (next.IsCurrent)
                {
                    return at.Due;
                }

                _settings.Dequeue();
            }

            return null;
        }
    }

    public override long TimestampFrequency => 1_000_000_000;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Now / NanosecondsPerTick);

    /// <summary>Sets a later time and fires the timers that are due. An earlier time changes nothing.</summary>
    public void SetTo(long time)
    {
        Now = Math.Max(Now, time);
        while (NextDue is { } due && due <= Now)
        {
            _settings.Dequeue().Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Add(ManualTimer timer, TimeSpan due) =>
        _settings.Enqueue(new Setting(timer, timer.Version), (Now + (due.Ticks * NanosecondsPerTick), _order++));

    private readonly record struct Setting(ManualTimer Timer, int Version)
    {
        public bool IsCurrent => Timer.Version == Version;

        public void Fire() => Timer.Fire();
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Another one with each setting, so that an older setting in the queue is known as such.</summary>
        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            _period = period;
            if (dueTime >= TimeSpan.Zero)
            {
                clock.Add(this, dueTime);
            }

            return true;
        }

        public void Fire()
        {
            Version++;
            if (_period > TimeSpan.Zero)
            {
                clock.Add(this, _period);
            }

            callback(state);
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
