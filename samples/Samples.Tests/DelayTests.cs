using Culvert.Packets;
using Culvert.Testing;
using Delay;
using Microsoft.Extensions.Time.Testing;

namespace Samples.Tests;

/// <summary>The delaying stage, with a clock that the test turns.</summary>
public sealed class DelayTests
{
    private static readonly byte[] _first = PacketBuilder.Ipv4().Udp().Payload(1).Build();
    private static readonly byte[] _second = PacketBuilder.Ipv4().Udp().Payload(2).Build();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void Packets_leave_after_the_time_in_order(Direction direction)
    {
        using var harness = Create(new DelayOptions { Time = TimeSpan.FromMilliseconds(20) });

        Assert.Equal(1, harness.Run(direction, default, _first).Taken);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        harness.Run(direction, default, _second);
        _time.Advance(TimeSpan.FromMilliseconds(9));
        harness.Context.RunService();
        Assert.Empty(harness.Context.TakeEmitted());

        _time.Advance(TimeSpan.FromMilliseconds(1));
        harness.Context.RunService();
        Assert.Equal([_first], harness.Context.TakeEmitted().Select(packet => packet.Bytes));

        _time.Advance(TimeSpan.FromMilliseconds(10));
        harness.Context.RunService();
        var last = Assert.Single(harness.Context.TakeEmitted());
        Assert.Equal((direction, 0), (last.Direction, harness.Context.LeasesHeld));
        Assert.Equal(_second, last.Bytes);
    }

    [Fact]
    public void A_full_line_drops()
    {
        using var harness = Create(new DelayOptions { Time = TimeSpan.FromSeconds(1), MaxPackets = 1 });

        Assert.Equal(1, harness.Outbound(_first, _second).Drops["line-full"]);
    }

    [Fact]
    public void Disposing_sends_what_is_held()
    {
        var harness = Create(new DelayOptions { Time = TimeSpan.FromSeconds(1) });
        harness.Outbound(_first, _second);

        harness.Dispose();

        Assert.Equal([_first, _second], harness.Context.TakeEmitted().Select(packet => packet.Bytes));
    }

    [Fact]
    public void A_reload_keeps_the_packets()
    {
        using var harness = Create(new DelayOptions { Time = TimeSpan.FromSeconds(1) });
        harness.Outbound(_first);
        using var successor = StageHarness.Create<DelayStage, DelayOptions>(
            new DelayOptions { Time = TimeSpan.FromSeconds(2) }, harness.Context.Successor());
        successor.Context.RunService();

        harness.Dispose();
        successor.Outbound(_second);
        Assert.Equal(2, successor.Context.LeasesHeld);

        _time.Advance(TimeSpan.FromSeconds(2));
        harness.Context.RunService();
        Assert.Equal([_first, _second], harness.Context.TakeEmitted().Select(packet => packet.Bytes));
    }

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_laws_of_every_stage_hold(Direction direction)
    {
        using var harness = StageHarness.Create<DelayStage, DelayOptions>(new DelayOptions { Time = TimeSpan.FromMilliseconds(1) });

        ConformanceLaws.CheckAll(harness, [_first, _second], direction);
    }

    private StageHarness<DelayStage> Create(DelayOptions options) =>
        StageHarness.Create<DelayStage, DelayOptions>(options, new TestStageContext(_time));
}
