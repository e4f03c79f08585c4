using Culvert.Packets;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>Waking what waits.</summary>
public sealed class TunWakeTests
{
    [Fact]
    public void A_wake_before_a_receive_makes_it_return_and_is_used_up()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"));
        var batch = site.Batch(Direction.Outbound);
        for (var round = 0; round < 100; round++)
        {
            site.Stage.Wake();
            site.Stage.Wake();
            site.Stage.Receive(batch.Filler);
            Assert.Equal(0, batch.Batch.Count);
        }

        var receive = new Thread(() => site.Stage.Receive(batch.Filler));
        receive.Start();
        Assert.False(receive.Join(50));
        site.Stage.Wake();
        Assert.True(receive.Join(TimeSpan.FromSeconds(10)));
    }
}
