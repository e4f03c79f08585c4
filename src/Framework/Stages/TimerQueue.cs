namespace Culvert.Stages;

/// <summary>
/// The timers of a clock that fires them only when it is told to, in order of their time, on the caller's thread: for replays and the test
/// kit. Thread-safe.
/// </summary>
/// <param name="clock">The clock that the timers follow.</param>
internal sealed class TimerQueue(TimeProvider clock)
{
    private readonly TimeProvider _clock = clock;
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Setting, (long Due, long Order)> _settings = new();
    private long _order;

    /// <summary>The timestamp at which the next timer fires; null when none is set.</summary>
    public long? NextDue
    {
        get { lock (_gate) { return Peek(); } }
    }

    /// <summary>Creates a timer.</summary>
    public ITimer Create(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new QueuedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Fires the timers that are due, those that become due meanwhile included.</summary>
    public void FireDue()
    {
        while (TakeDue() is { } due)
        {
            due.Fire();
        }
    }

    private QueuedTimer? TakeDue()
    {
        lock (_gate)
        {
            return Peek() <= _clock.GetTimestamp() ? _settings.Dequeue().Timer : null;
        }
    }

    private long? Peek()
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

    private readonly record struct Setting(QueuedTimer Timer, int Version)
    {
        public bool IsCurrent => Timer.Version == Version;
    }

    private sealed class QueuedTimer(TimerQueue queue, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Another one with each setting, so that an older setting in the queue is known as such.</summary>
        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (queue._gate)
            {
                _period = period;
                Set(dueTime);
            }

            return true;
        }

        public void Fire()
        {
            lock (queue._gate)
            {
                Set(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);
            }

            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan due)
        {
            Version++;
            if (due >= TimeSpan.Zero)
            {
                var ticks = (Int128)due.Ticks * queue._clock.TimestampFrequency / TimeSpan.TicksPerSecond;
                queue._settings.Enqueue(new Setting(this, Version), (queue._clock.GetTimestamp() + (long)ticks, queue._order++));
            }
        }
    }
}
