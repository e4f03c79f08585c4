using CsCheck;
using Culvert.Algorithms;

namespace Framework.Tests.Algorithms;

/// <summary>The bucket against exact arithmetic, on a clock that stands still until it is moved.</summary>
public sealed class TokenBucketTests
{
    [Fact]
    public void The_burst_is_there_at_once_and_refills_evenly()
    {
        var time = new StepTime();
        var bucket = new TokenBucket(time, rate: 100, burst: 250);
        Assert.Equal(250, Enumerable.Range(0, 500).Count(_ => bucket.TryTake()));
        time.Nanoseconds += 55_000_000;
        Assert.Equal(5, bucket.Available);
        Assert.Equal(5, Enumerable.Range(0, 500).Count(_ => bucket.TryTake()));
        time.Nanoseconds += 3_600_000_000_000;
        Assert.Equal(250, bucket.Available);
        Assert.False(bucket.TryTake(251));
        Assert.True(bucket.TryTake(250));
        Assert.False(bucket.TryTake());
        Assert.True(bucket.TryTake(0));
    }

    [Fact(DisplayName = "A level is all or nothing: a refused request takes nothing")]
    public void A_refused_request_takes_nothing()
    {
        var bucket = new TokenBucket(new StepTime(), rate: 1, burst: 1000);
        Assert.True(bucket.TryTake(400));
        Assert.False(bucket.TryTake(601));
        Assert.Equal(600, bucket.Available);
        Assert.True(bucket.TryTake(600));
    }

    [Fact(DisplayName = "Over any run of requests, what was taken is at most burst + rate × time, and no less than a full bucket allows")]
    public void The_rate_is_exact() => Gen.Select(
        Gen.Long[1, 10_000_000_000], Gen.Long[1, 1_000_000], Gen.Select(Gen.Long[0, 50_000_000], Gen.Long[1, 200_000]).Array[1, 60])
        .Sample((rate, burst, requests) =>
        {
            var time = new StepTime { Nanoseconds = 12345 };
            var bucket = new TokenBucket(time, rate, burst);
            Int128 elapsed = 0;
            Int128 overflowed = 0;
            Int128 taken = 0;
            foreach (var (wait, count) in requests)
            {
                time.Nanoseconds += wait;
                elapsed += wait;
                var level = (elapsed * rate / 1_000_000_000) + burst - overflowed - taken;
                overflowed += level > burst ? level - burst : 0;
                level = level > burst ? burst : level;
                Assert.Equal((long)level, bucket.Available);
                Assert.Equal(count <= level, bucket.TryTake(count));
                taken += count <= level ? count : 0;
            }
        }, iter: 2000);

    [Fact(DisplayName = "Three years at 800 Gbit/s: the count wraps around, the level does not")]
    public void The_count_may_wrap_around()
    {
        var time = new StepTime();
        var bucket = new TokenBucket(time, TokenBucket.MaxRate, burst: 1_000_000);
        for (var day = 0; day < 1300; day++)
        {
            Assert.True(bucket.TryTake(1_000_000));
            Assert.False(bucket.TryTake());
            time.Nanoseconds += 86_400_000_000_000;
            Assert.Equal(1_000_000, bucket.Available);
        }
    }

    [Fact]
    public void A_changed_rate_keeps_the_level()
    {
        var time = new StepTime();
        var bucket = new TokenBucket(time, rate: 1000, burst: 1000);
        Assert.True(bucket.TryTake(800));
        time.Nanoseconds += 100_000_000;
        bucket.Change(rate: 10, burst: 500);
        Assert.Equal(300, bucket.Available);
        time.Nanoseconds += 1_000_000_000;
        Assert.Equal(310, bucket.Available);
        bucket.Change(rate: 10, burst: 20);
        Assert.Equal(20, bucket.Available);
        Assert.False(bucket.TryTake(21));
    }

    [Fact]
    public void A_timestamp_from_the_past_refills_nothing()
    {
        var time = new StepTime { Nanoseconds = 5_000_000_000 };
        var bucket = new TokenBucket(time, rate: 1, burst: 1);
        Assert.True(bucket.TryTake(1, 6_000_000_000));
        Assert.False(bucket.TryTake(1, 5_500_000_000));
        Assert.True(bucket.TryTake(1, 7_000_000_000));
    }

    [Fact(DisplayName = "Four threads take exactly what there is")]
    public void Threads_share_a_bucket()
    {
        var bucket = new TokenBucket(new StepTime(), rate: 1, burst: 100_000);
        long taken = 0;
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 60_000; i++)
            {
                Interlocked.Add(ref taken, bucket.TryTake() ? 1 : 0);
            }
        });
        Assert.Equal(100_000, taken);
        Assert.Equal(0, bucket.Available);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(TokenBucket.MaxRate + 1, 1)]
    [InlineData(1, TokenBucket.MaxRate + 1)]
    public void Rates_are_checked(long rate, long burst)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenBucket(new StepTime(), rate, burst));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenBucket(new StepTime(), 1, 1).TryTake(-1));
    }

    private sealed class StepTime : TimeProvider
    {
        public long Nanoseconds { get; set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => Nanoseconds;
    }
}
