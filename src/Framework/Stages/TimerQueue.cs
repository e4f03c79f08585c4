namespace Culvert.Stages;

/// <summary>
/// The timers of a clock that fires them only when it is told to, in order of their time, on the caller's thread: for replays and the test
/// kit. Setting a timer again allocates nothing unless it is due earlier than before. Thread-safe.
/// </summary>
/// <param name="clock">The clock that the timers follow.</param>
internal sealed class TimerQueue(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<QueuedTimer, (long Due, long Order)> _queue = new();
    private readonly TimeProvider _clock = clock;
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
            if (Peek() is not { } due || due > _clock.GetTimestamp())
            {
                return null;
            }

            var timer = _queue.Dequeue();
            timer.Queued = null;
            return timer;
        }
    }

    // A timer that was set to a later time, or stopped, is put right only when its old place is reached.
    private long? Peek()
    {
        while (_queue.TryPeek(out var timer, out var place))
        {
            if (timer.Queued == place && timer.At == place)
            {
                return place.Due;
            }

            _queue.Dequeue();
            if (timer.Queued == place)
            {
                timer.Queued = timer.At;
                if (timer.At is { } at)
                {
                    _queue.Enqueue(timer, at);
                }
            }
        }

        return null;
    }

    private sealed class QueuedTimer(TimerQueue owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>When the timer fires, and its place among those of the same time; null when it is stopped.</summary>
        public (long Due, long Order)? At { get; private set; }

        /// <summary>Its first place in the queue; null when it is in none.</summary>
        public (long Due, long Order)? Queued { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                _period = period;
                Set(dueTime);
            }

            return true;
        }

        public void Fire()
        {
            lock (owner._gate)
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
            if (due < TimeSpan.Zero)
            {
                At = null;
                return;
            }

            var ticks = (Int128)due.Ticks * owner._clock.TimestampFrequency / TimeSpan.TicksPerSecond;
            var at = (owner._clock.GetTimestamp() + (long)ticks, owner._order++);
            At = at;
            if (Queued is not { } queued || at.CompareTo(queued) < 0)
            {
                Queued = at;
                owner._queue.Enqueue(this, at);
            }
        }
    }
}
