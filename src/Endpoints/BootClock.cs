using System.Runtime.Versioning;
using Culvert.Endpoints.Interop;

namespace Culvert.Endpoints;

/// <summary>
/// The system's clock with timestamps that count the time in suspend (Linux: CLOCK_BOOTTIME), as WireGuard's keys do. The system's timers stand still
/// in suspend; the first reading of a timestamp after one sets those that are due, so that they fire at once. Thread-safe.
/// </summary>
public sealed class BootClock : TimeProvider
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMillisecond = 1_000_000;

    // Above what two readings of two clocks differ by on a busy machine.
    private const long MinSuspend = 500 * NanosecondsPerMillisecond;

    private readonly Func<long> _boot;
    private readonly Func<long> _awake;
    private readonly TimeProvider _timers;
    private readonly Lock _gate = new();
    private readonly HashSet<BootTimer> _armed = [];
    private long _slept;

    /// <param name="boot">Nanoseconds since the start of the system, suspend included.</param>
    /// <param name="awake">Milliseconds since the start of the system, suspend excluded.</param>
    /// <param name="timers">Where timers and dates come from.</param>
    internal BootClock(Func<long> boot, Func<long> awake, TimeProvider timers)
    {
        (_boot, _awake, _timers) = (boot, awake, timers);
        _slept = boot() - (awake() * NanosecondsPerMillisecond);
    }

    /// <summary>The clock for this system: on Linux one that counts suspend, elsewhere the base library's.</summary>
    public static TimeProvider Current { get; } =
        OperatingSystem.IsLinux() ? new BootClock(ReadBootTime, () => Environment.TickCount64, System) : System;

    /// <inheritdoc/>
    public override long TimestampFrequency => NanosecondsPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _timers.GetUtcNow();

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        var now = _boot();
        var slept = now - (_awake() * NanosecondsPerMillisecond);
        if (slept - Volatile.Read(ref _slept) > MinSuspend)
        {
            Resume(slept, now);
        }

        return now;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new BootTimer(this, callback, state, dueTime, period);

    /// <summary>Reads CLOCK_BOOTTIME in nanoseconds.</summary>
    [SupportedOSPlatform("linux")]
    internal static unsafe long ReadBootTime()
    {
        Time.TimeSpec now;
        return Time.clock_gettime(Time.CLOCK_BOOTTIME, &now) == 0
            ? (now.tv_sec * NanosecondsPerSecond) + now.tv_nsec
            : throw new NotSupportedException("The kernel has no CLOCK_BOOTTIME.");
    }

    private void Resume(long slept, long now)
    {
        BootTimer[] armed;
        lock (_gate)
        {
            if (slept - _slept <= MinSuspend)
            {
                return;
            }

            Volatile.Write(ref _slept, slept);
            armed = [.. _armed];
        }

        foreach (var timer in armed)
        {
            timer.Resume(now);
        }
    }

    /// <summary>A timer that remembers when it is due.</summary>
    private sealed class BootTimer : ITimer
    {
        private readonly BootClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _timer;
        private TimeSpan _period;
        private long _due = long.MaxValue;

        public BootTimer(BootClock clock, TimerCallback callback, object? state, TimeSpan due, TimeSpan period)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _timer = clock._timers.CreateTimer(static timer => ((BootTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(due, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_clock._gate)
            {
                _period = period;
                SetDue(dueTime);
            }

            return _timer.Change(dueTime, period);
        }

        public void Resume(long now)
        {
            lock (_clock._gate)
            {
                if (_due == long.MaxValue)
                {
                    return;
                }

                var left = TimeSpan.FromTicks(Math.Max(0, _due - now) / TimeSpan.NanosecondsPerTick);
                _timer.Change(left, _period);
            }
        }

        public void Dispose()
        {
            lock (_clock._gate)
            {
                _clock._armed.Remove(this);
            }

            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            lock (_clock._gate)
            {
                _clock._armed.Remove(this);
            }

            return _timer.DisposeAsync();
        }

        private void Fire()
        {
            lock (_clock._gate)
            {
                SetDue(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);
            }

            _callback(_state);
        }

        private void SetDue(TimeSpan due)
        {
            if (due < TimeSpan.Zero)
            {
                _due = long.MaxValue;
                _clock._armed.Remove(this);
            }
            else
            {
                _due = _clock._boot() + (due.Ticks * TimeSpan.NanosecondsPerTick);
                _clock._armed.Add(this);
            }
        }
    }
}
