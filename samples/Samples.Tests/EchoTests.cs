using Culvert.Packets;
using Culvert.Testing;
using Echo;

namespace Samples.Tests;

/// <summary>The endpoint: what its sink gets, its source returns.</summary>
public sealed class EchoTests
{
    private static readonly byte[] _datagram = [1, 2, 3];

    [Fact]
    public void What_is_sent_comes_back()
    {
        using var harness = Create();
        var inbound = new TestBatch(harness.Context, Direction.Inbound);

        harness.Outbound(_datagram, _datagram);
        harness.Stage.Receive(inbound.Filler);

        Assert.Equal(2, inbound.Batch.Count);
        Assert.Equal(_datagram, inbound.Batch[0].Data.ToArray());
        Assert.Equal(0, harness.Context.LeasesHeld);
    }

    [Fact]
    public void A_wake_before_Receive_makes_it_return()
    {
        using var harness = Create();
        var inbound = new TestBatch(harness.Context, Direction.Inbound);

        harness.Stage.Wake();
        harness.Stage.Receive(inbound.Filler);

        Assert.Equal(0, inbound.Batch.Count);
    }

    [Fact]
    public void A_datagram_longer_than_a_slot_is_refused()
    {
        using var harness = Create();
        var inbound = new TestBatch(harness.Context, Direction.Inbound, room: new PacketRoom(0, 2, 0));

        harness.Outbound(_datagram);
        harness.Stage.Receive(inbound.Filler);

        Assert.Equal((0, 1), (inbound.Batch.Count, inbound.Refused));
    }

    [Fact]
    public void The_laws_of_every_stage_hold()
    {
        using var harness = Create();

        ConformanceLaws.CheckAll(harness, [_datagram], Direction.Outbound);
    }

    private static StageHarness<EchoStage> Create() => StageHarness.Create<EchoStage, EchoOptions>(new EchoOptions());
}
