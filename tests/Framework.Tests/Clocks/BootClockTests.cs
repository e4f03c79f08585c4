using System.Globalization;
using Culvert.Endpoints;
using Culvert.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Framework.Tests.Clocks;

/// <summary>A clock whose two sources the test turns: the machine sleeps when only the first one passes.</summary>
public sealed class BootClockTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _awake = new();
    private readonly BootClock _clock;
    private TimeSpan _slept;
    private int _fired;

    public BootClockTests() => _clock = new BootClock(() => Nanoseconds(_awake.GetUtcNow() + _slept), () => _awake.GetUtcNow().Ticks / TimeSpan.TicksPerMillisecond, _awake);

    [Fact]
    public void Timestamps_count_the_time_in_suspend()
    {
        var before = _clock.GetTimestamp();
        _awake.Advance(10 * _second);
        _slept += 200 * _second;

        Assert.Equal(210 * _second, _clock.GetElapsedTime(before));
    }

    [Fact]
    public void What_was_due_in_suspend_fires_at_the_first_reading_after_it()
    {
        using var early = Timer(25 * _second);
        using var late = Timer(500 * _second);
        _awake.Advance(10 * _second);
        _slept += 200 * _second;
        Assert.Equal(0, _fired);

        _clock.GetTimestamp();
        _awake.Advance(TimeSpan.Zero);
        Assert.Equal(1, _fired);
        _awake.Advance(289 * _second);
        Assert.Equal(1, _fired);
        _awake.Advance(2 * _second);
        Assert.Equal(2, _fired);
    }

    [Fact]
    public void A_timer_that_fired_or_was_stopped_stays_quiet_after_suspend()
    {
        using var fired = Timer(_second);
        using var stopped = Timer(10 * _second);
        _awake.Advance(2 * _second);
        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _slept += 200 * _second;
        _clock.GetTimestamp();
        _awake.Advance(100 * _second);

        Assert.Equal(1, _fired);
    }

    [Fact]
    public void A_periodic_timer_goes_on()
    {
        using var timer = _clock.CreateTimer(_ => _fired++, null, 5 * _second, 5 * _second);
        _awake.Advance(11 * _second);
        Assert.Equal(2, _fired);
        _slept += 200 * _second;
        _clock.GetTimestamp();
        _awake.Advance(5 * _second);
        Assert.InRange(_fired, 3, 4);
    }

    [Fact]
    public void The_kernel_counts_from_its_start()
    {
        Requires.Linux();
        if (OperatingSystem.IsLinux())
        {
            // The first number of /proc/uptime is CLOCK_BOOTTIME, in seconds.
            var before = Uptime();
            var now = BootClock.ReadBootTime() / 1e9;
            Assert.InRange(now, before - 0.011, Uptime() + 0.011);
        }
    }

    private static double Uptime() => double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private ITimer Timer(TimeSpan due) => _clock.CreateTimer(_ => _fired++, null, due, Timeout.InfiniteTimeSpan);
}
