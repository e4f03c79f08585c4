namespace Culvert.Stages;

/// <summary>
/// A stage's timer: an <see cref="ITimer"/> of the clock that queues the callback as service work. Setting it again is cheap and allocates
/// nothing. The host and the test kit use this one implementation.
/// </summary>
internal sealed class ServiceTimer : StageTimer
{
    // The system's timers count milliseconds and may fire that much before the timestamp says so.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action _callback;
    private readonly Action<Action> _post;
    private readonly Action<ServiceTimer>? _disposed;
    private readonly Action _run;
    private readonly ITimer _timer;
    private long _setting;
    private long _fired = -1;
    private long _setAt;
    private TimeSpan _due;
    private bool _armed;
    private bool _queued;

    /// <summary>Creates a timer that is not set.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="callback">What runs when it is due.</param>
    /// <param name="post">Queues service work; never throws.</param>
    /// <param name="disposed">Called when the timer is disposed; null for nothing.</param>
    public ServiceTimer(TimeProvider time, Action callback, Action<Action> post, Action<ServiceTimer>? disposed = null)
    {
        (_time, _callback, _post, _disposed, _run) = (time, callback, post, disposed, RunIfStillWanted);
        _timer = time.CreateTimer(
            static timer => ((ServiceTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override void Schedule(TimeSpan due)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(due, TimeSpan.Zero);
        lock (_gate)
        {
            _setting++;
            _armed = true;
            _setAt = _time.GetTimestamp();
            _due = due;
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    public override void Cancel()
    {
        lock (_gate)
        {
            _setting++;
            _armed = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _timer.Dispose();
            _disposed?.Invoke(this);
        }
    }

    private void Fire()
    {
        lock (_gate)
        {
            // A firing that was under way when the timer was set anew belongs to the old setting: the new one fires by itself.
            var stale = !_armed || _time.GetElapsedTime(_setAt) + Slack < _due;
            if (stale)
            {
                return;
            }

            _armed = false;
            _fired = _setting;
            if (_queued)
            {
                return;
            }

            _queued = true;
        }

        _post(_run);
    }

    private void RunIfStillWanted()
    {
        lock (_gate)
        {
            _queued = false;
            if (_fired != _setting)
            {
                return;
            }
        }

        _callback();
    }
}
