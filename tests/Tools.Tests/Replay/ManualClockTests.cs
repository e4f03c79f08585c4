using Culvert.Tools.Replay;

namespace Tools.Tests.Replay;

/// <summary>The clock of a replay: timers in order of their time, and none that was set anew, cancelled or disposed.</summary>
public sealed class ManualClockTests
{
    private const long Second = 1_000_000_000;

    private readonly ManualClock _clock = new(10 * Second);
    private readonly List<string> _fired = [];

    [Fact]
    public void TimersFireInOrderOfTheirTime()
    {
        using var late = Timer("late", 3);
        using var early = Timer("early", 1);
        using var again = Timer("again", 2);
        using var cancelled = Timer("cancelled", 1);
        using var disposed = Timer("disposed", 1);
        again.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan);
        cancelled.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        disposed.Dispose();
        Assert.Equal(11 * Second, _clock.NextDue);
        _clock.SetTo(13 * Second);
        Assert.Equal(["early", "late"], _fired);
        _clock.SetTo(20 * Second);
        Assert.Equal(["early", "late", "again"], _fired);
        Assert.Null(_clock.NextDue);
    }

    [Fact]
    public void APeriodicTimerFiresAgain()
    {
        using var timer = _clock.CreateTimer(_ => _fired.Add("tick"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        for (var second = 11; second <= 15; second++)
        {
            _clock.SetTo(second * Second);
        }

        Assert.Equal(["tick", "tick", "tick"], _fired);
    }

    [Fact]
    public void TimeDoesNotGoBack()
    {
        _clock.SetTo(5 * Second);
        Assert.Equal(10 * Second, _clock.GetTimestamp());
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(10), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(1.5), _clock.GetElapsedTime(10 * Second, (11 * Second) + (Second / 2)));
    }

    private ITimer Timer(string name, int seconds) =>
        _clock.CreateTimer(_ => _fired.Add(name), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
}
