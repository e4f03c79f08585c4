using Culvert.Plugins.Encrypt.WireGuard.Peers;

namespace Encrypt.Tests.Laws;

/// <summary>The ring against its slow and obvious twin: a set of all counters seen, and the newest one.</summary>
public sealed class ReplayWindowTests
{
    [Fact]
    public void A_counter_is_accepted_once()
    {
        var window = new ReplayWindow();

        Assert.True(window.TryAccept(0));
        Assert.False(window.TryAccept(0));
        Assert.True(window.TryAccept(5));
        Assert.True(window.TryAccept(1));
        Assert.False(window.TryAccept(5));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 40)]
    [InlineData(ulong.MaxValue - 100_000)]
    public void The_last_8192_counters_are_told_apart_and_older_ones_refused(ulong start)
    {
        var window = new ReplayWindow();
        var newest = start + ReplayWindow.Size + 10;
        Assert.True(window.TryAccept(newest));

        Assert.True(window.TryAccept(newest + 1 - ReplayWindow.Size));
        Assert.False(window.TryAccept(newest + 1 - ReplayWindow.Size));
        Assert.False(window.IsNew(newest - ReplayWindow.Size));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_order_agrees_with_the_twin(int seed)
    {
        var random = new Random(seed);
        var window = new ReplayWindow();
        var seen = new HashSet<ulong>();
        ulong next = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var jump = random.Next(1000) == 0 ? random.Next(30_000) : random.Next(4);
            var counter = random.Next(3) == 0
                ? next + (ulong)jump
                : next - Math.Min(next, (ulong)random.Next(random.Next(2) == 0 ? 64 : 9000));
            var expected = counter >= next || (next - counter <= ReplayWindow.Size && !seen.Contains(counter));

            Assert.Equal(expected, window.IsNew(counter));
            Assert.Equal(expected, window.TryAccept(counter));
            seen.Add(counter);
            next = Math.Max(next, counter + 1);
        }
    }
}
