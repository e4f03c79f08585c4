using Culvert.Counters;

namespace Framework.Tests.Counters;

public sealed class BatchCounterTests
{
    [Fact]
    public void What_was_added_is_published_once()
    {
        var counter = new CounterSet().Create("seen", "packets", "Packets that were seen.");
        var share = new BatchCounter(counter);
        share.Increment();
        share.Increment();
        Assert.Equal(0, counter.Value);
        share.Publish();
        Assert.Equal(2, counter.Value);
        share.Publish();
        Assert.Equal(2, counter.Value);
    }

    [Fact]
    public void Two_shares_add_up()
    {
        var counter = new CounterSet().Create("seen", "packets", "Packets that were seen.");
        BatchCounter[] shares = [new(counter), new(counter)];
        foreach (var share in shares)
        {
            share.Increment();
            share.Publish();
        }

        Assert.Equal(2, counter.Value);
    }
}
