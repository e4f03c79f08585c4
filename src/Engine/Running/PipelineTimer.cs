using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// A stage's timer: an <see cref="ITimer"/> of the pipeline's clock that queues the callback for the service thread. Setting it again is
/// cheap and allocates nothing.
/// </summary>
internal sealed class PipelineTimer : StageTimer
{
    // The system's timers count milliseconds and may fire that much before the timestamp says so.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly StageContext _owner;
    private readonly Action _callback;
    private readonly Action _run;
    private readonly ITimer _timer;
    private long _setting;
    private long _fired = -1;
    private long _setAt;
    private TimeSpan _due;
    private bool _armed;
    private bool _queued;

    public PipelineTimer(StageContext owner, Action callback)
    {
        (_owner, _callback, _run) = (owner, callback, RunIfStillWanted);
        _timer = owner.Time.CreateTimer(
            static timer => ((PipelineTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override void Schedule(TimeSpan due)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(due, TimeSpan.Zero);
        lock (_gate)
        {
            _setting++;
            _armed = true;
            _setAt = _owner.Time.GetTimestamp();
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
            _owner.Forget(this);
        }
    }

    private void Fire()
    {
        lock (_gate)
        {
            // A firing that was under way when the timer was set anew belongs to the old setting: the new one fires by itself.
            var stale = !_armed || _owner.Time.GetElapsedTime(_setAt) + Slack < _due;
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

        _owner.PostTimer(_run);
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
