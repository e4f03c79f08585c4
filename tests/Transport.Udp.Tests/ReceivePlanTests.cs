using Culvert.Plugins.Transport.Udp.Linux;

namespace Transport.Udp.Tests;

public sealed class ReceivePlanTests
{
    [Fact]
    public void SinglesSoonAskForAllBuffers()
    {
        var asked = new List<int>();
        for (var last = 0; asked.Count < 5; asked.Add(last))
        {
            last = ReceivePlan.Messages(128, 64, coalesced: true, last, last);
        }

        Assert.Equal([8, 16, 32, 64, 64], asked);
    }

    [Fact]
    public void WhatCannotBeCoalescedIsAskedForAtOnce() =>
        Assert.Equal(64, ReceivePlan.Messages(128, 64, coalesced: false, lastMessages: 1, lastDatagrams: 1));

    [Theory]
    [InlineData(128, 1, 1, 8)] // One datagram was there: perhaps more are now.
    [InlineData(128, 8, 352, 2)] // 44 in each: two fit.
    [InlineData(128, 2, 88, 2)]
    [InlineData(20, 2, 88, 1)] // Less room than for one: it is asked for all the same.
    [InlineData(1, 0, 0, 1)]
    [InlineData(128, 4, 3, 8)] // Some were refused.
    public void TheLastCallIsTheGuess(int free, int lastMessages, int lastDatagrams, int wanted) =>
        Assert.Equal(wanted, ReceivePlan.Messages(free, 64, coalesced: true, lastMessages, lastDatagrams));
}
