using Culvert.Plugins.Transport.Udp;

namespace Transport.Udp.Tests;

/// <summary>One line a minute, by a clock that nobody sets.</summary>
public sealed class LogLimitTests
{
    [Fact]
    public void A_clock_that_is_set_back_silences_nothing()
    {
        var time = new Clock { Seconds = 1_000_000 };
        var limit = new LogLimit(time);
        Assert.True(limit.Allows());
        Assert.False(limit.Allows());
        time.Jumped = TimeSpan.FromDays(-1);
        time.Seconds += 59;
        Assert.False(limit.Allows());
        time.Seconds += 1;
        Assert.True(limit.Allows());
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public TimeSpan Jumped { get; set; }

        public override long TimestampFrequency => 1;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(Seconds) + Jumped;

        public override long GetTimestamp() => Seconds;
    }
}
