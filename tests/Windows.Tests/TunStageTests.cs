using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Tests.Support;
using static Windows.Tests.WintunDouble;

namespace Windows.Tests;

[Collection(nameof(Doubles))]
public sealed class TunStageTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    [Fact]
    public void PacketsFromTheHostComeInOrder()
    {
        using var adapter = new Adapter();
        var packets = Enumerable.Range(1, 40).Select(size => Bytes(size * 30)).ToArray();
        foreach (var packet in packets)
        {
            Inject(adapter.Name, packet);
        }

        Assert.Equal(packets, adapter.Receive());
    }

    [Fact]
    public void PacketsForTheHostArriveInOrder()
    {
        using var adapter = new Adapter();
        var packets = Enumerable.Range(1, 40).Select(size => Bytes(size * 30)).ToArray();

        adapter.Send(packets);

        Assert.Equal(packets, packets.Select(_ => Take(adapter.Name)));
        Assert.Null(Take(adapter.Name));
    }

    [Fact]
    public async Task AReceiveWaitsForTheDriverOrAWake()
    {
        using var adapter = new Adapter();
        var receive = Task.Run(adapter.Receive);
        await Task.Delay(20);
        Assert.False(receive.IsCompleted);
        Inject(adapter.Name, Bytes(60));
        Assert.Single(await receive.WaitAsync(_limit));

        receive = Task.Run(adapter.Receive);
        adapter.Stage.Wake();
        Assert.Empty(await receive.WaitAsync(_limit));

        for (var i = 0; i < 200; i++)
        {
            adapter.Stage.Wake();
            adapter.Stage.Wake();
            Assert.Empty(await Task.Run(adapter.Receive).WaitAsync(_limit));
        }
    }

    [Fact]
    public void APacketThatIsTooBigIsAnsweredAndGoesNoFurther()
    {
        using var adapter = new Adapter(mtu: 1280);
        // An IPv4 packet from 192.0.2.1 to 198.51.100.1, 1400 bytes long, protocol 17.
        var packet = new byte[1400];
        new byte[] { 0x45, 0, 0x05, 0x78, 0, 1, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 1 }.CopyTo(packet, 0);
        Inject(adapter.Name, packet);
        adapter.Stage.Wake();

        Assert.Empty(adapter.Receive());

        var answer = Take(adapter.Name);
        Assert.NotNull(answer);
        Assert.Equal((1, 3, 4), (answer[9], answer[20], answer[21]));
        Assert.Equal(1280, (answer[26] << 8) | answer[27]);
        Assert.Equal(1, adapter.Context.Count("too-big"));
    }

    [Fact]
    public void MoreThanABatchWaitsForTheNext()
    {
        using var adapter = new Adapter();
        for (var i = 0; i < 100; i++)
        {
            Inject(adapter.Name, Bytes(i + 20));
        }

        Assert.Equal(64, adapter.Receive().Count);
        Assert.Equal(36, adapter.Receive().Count);
    }

    [Fact]
    public void AFullRingDropsAndCounts()
    {
        using var adapter = new Adapter(new TunOptions { Device = Adapter.NewName(), RingCapacity = new(128 << 10) });

        adapter.Send([.. Enumerable.Repeat(Bytes(60_000), 3)]);

        Assert.Equal(1, adapter.Context.Count("ring-full"));
        Assert.Equal(60_000, Take(adapter.Name)!.Length);
    }

    [Fact]
    public void TheDriverIsNeverAskedForMoreThanItsLargestPacket()
    {
        using var adapter = new Adapter();

        adapter.Send(Bytes(65_535), Bytes(65_536), Bytes(66_000), []);

        Assert.Equal(65_535u, double_largest_asked());
        Assert.Equal(3, adapter.Context.Count("refused"));
        Assert.Equal(65_535, Take(adapter.Name)!.Length);
    }

    [Theory]
    [InlineData(1, "was removed")]
    [InlineData(2, "is corrupt")]
    public void ALostAdapterEndsThePipeline(int how, string reason)
    {
        using var adapter = new Adapter();
        double_break(adapter.Name, how);

        var lost = Assert.Throws<EndpointLostException>(() => adapter.Receive());

        Assert.Contains(reason, lost.Message, StringComparison.Ordinal);
        if (how == 1)
        {
            adapter.Send(Bytes(60));
            Assert.Equal(1, adapter.Context.Count("device-down"));
        }
    }

    [Fact]
    public async Task AWaitThatFailsEndsThePipelineInsteadOfTurningForEver()
    {
        double_without_event(1);
        using var adapter = new Adapter();
        double_without_event(0);

        var receive = Task.Factory.StartNew(adapter.Receive, TaskCreationOptions.LongRunning);
        var lost = await Assert.ThrowsAsync<EndpointLostException>(() => receive.WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Contains($"cannot wait for the adapter '{adapter.Name}'", lost.Message, StringComparison.Ordinal);
        Assert.Contains("(6)", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SendingAndReceivingAllocateNothing()
    {
        using var adapter = new Adapter();
        var packet = Bytes(1400);
        var batch = new TestBatch(adapter.Context, Direction.Inbound, 8, new PacketRoom(0, 1500, 0));
        batch.Add(packet);
        SteadyState.AllocatesNothing(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                Round();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        void Round()
        {
            adapter.Stage.Inbound(batch.Batch);
            Inject(adapter.Name, packet);
            adapter.Outbound.Clear();
            adapter.Stage.Receive(adapter.Outbound.Filler);
        }
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
