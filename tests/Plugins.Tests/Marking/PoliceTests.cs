using Culvert.Packets;
using Culvert.Plugins.Police;
using Culvert.Testing;
using Culvert.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Plugins.Tests.Marking;

/// <summary>A rate bounds what passes: for all, for each prefix, in each direction, over lanes and reloads.</summary>
public sealed class PoliceTests
{
    private static readonly PoliceRate _tenPackets = new(10, IsPackets: true);
    private static readonly PoliceBurst _second = new(1000, null);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Packets_pass_at_the_rate_and_no_faster()
    {
        using var harness = Start(new() { Rate = _tenPackets, Burst = _second });
        Assert.Equal(10, Passed(harness, 30));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(5, Passed(harness, 30));
        Assert.Equal(45, harness.Context.Count("over-rate"));
        Assert.Equal(15, harness.Context.Count("conforming"));
    }

    [Fact]
    public void A_rate_in_bits_counts_bytes()
    {
        using var harness = Start(new() { Rate = new(80_000, IsPackets: false), Burst = _second });
        Assert.Equal(10_000 / 128, Passed(harness, 200));
    }

    [Fact]
    public void Each_direction_has_the_whole_rate()
    {
        using var harness = Start(new() { Rate = _tenPackets, Burst = _second });
        Assert.Equal(10, Passed(harness, 30));
        Assert.Equal(10, harness.Inbound([.. Enumerable.Repeat(Packet(1), 30)]).Passed.Count);
    }

    [Fact]
    public void A_direction_that_is_not_policed_passes()
    {
        using var harness = Start(new() { Rate = _tenPackets, Burst = _second, Direction = PoliceDirection.Inbound });
        Assert.Equal(30, Passed(harness, 30));
    }

    [Fact]
    public void Each_prefix_has_a_rate()
    {
        using var harness = Start(new() { Rate = _tenPackets, Burst = _second, Per = new(false, 32) });
        for (byte host = 1; host <= 50; host++)
        {
            Assert.Equal(10, Passed(harness, 15, host));
        }

        using var wide = Start(new() { Rate = _tenPackets, Burst = _second, Per = new(false, 24) });
        Assert.Equal(10, Passed(wide, 15, 1));
        Assert.Equal(0, Passed(wide, 15, 2));
    }

    [Fact]
    public void With_per_source_each_source_has_its_own_rate()
    {
        using var harness = Start(new() { Rate = _tenPackets, Burst = _second, Per = new(true, 32) });
        Assert.Equal(10, Passed(harness, 15, 1));
        Assert.Equal(0, Passed(harness, 15, 2));
    }

    [Fact]
    public void More_prefixes_than_places_share_rates()
    {
        var table = new BucketTable(_time, 16, 10, 10);
        var taken = 0;
        for (uint i = 0; i < 1000; i++)
        {
            taken += table.TryTake(Address(i), 10, _time.GetTimestamp()) ? 1 : 0;
        }

        Assert.Equal(16, taken);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(table.TryTake(Address(5000), 10, _time.GetTimestamp()), "An idle prefix makes room.");
    }

    [Fact]
    public void With_exceed_mark_packets_above_the_rate_are_marked()
    {
        using var harness = Start(new() { Rate = _tenPackets, Burst = _second, Exceed = new(8) });
        var packets = harness.Outbound([.. Enumerable.Repeat(Packet(1), 11)]).Packets;
        Assert.Equal(Packet(1), packets[9]);
        Assert.Equal(PacketBuilder.Ipv4("10.0.0.1", "10.9.0.1").TrafficClass(8 << 2).Udp().Payload(100).Build(), packets[10]);
        Assert.Equal(1, harness.Context.Count("marked"));
    }

    [Fact]
    public void The_default_burst_lets_super_packets_pass()
    {
        using var harness = Start(new() { Rate = new(1_000_000, IsPackets: false) });
        byte[] segment = PacketBuilder.Ipv4().Tcp().Payload(1380).Build();
        Assert.Equal(92, harness.Outbound([.. Enumerable.Repeat(segment, 92)]).Passed.Count);
    }

    [Fact]
    public void Lanes_share_the_rate_and_a_successor_keeps_the_level()
    {
        var contexts = TestStageContext.ForLanes(2, _time);
        var options = new PoliceOptions { Rate = _tenPackets, Burst = _second };
        using var first = StageHarness.Create<PoliceStage, PoliceOptions>(options, contexts[0]);
        using var second = StageHarness.Create<PoliceStage, PoliceOptions>(options with { Rate = new(20, IsPackets: true) }, contexts[1]);
        Assert.Equal(10, Passed(first, 30));
        contexts[1].RunService();
        Assert.Equal(0, Passed(second, 30));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, Passed(second, 30));
    }

    [Theory]
    [InlineData(Direction.Outbound, null)]
    [InlineData(Direction.Inbound, 8)]
    public void It_keeps_the_laws_of_a_stage(Direction direction, int? mark)
    {
        using var harness = Start(new() { Rate = _tenPackets, Per = new(true, 64), Exceed = new ExceedAction(mark) });
        ConformanceLaws.CheckAll(harness, [Packet(1), PacketBuilder.Ipv6().Tcp().Payload(1000).Build()], direction);
    }

    private static IpAddressValue Address(uint bits) => IpAddressValue.Read(BitConverter.GetBytes(bits));

    private static byte[] Packet(byte host) => PacketBuilder.Ipv4("10.0.0.1", $"10.9.0.{host}").Udp().Payload(100).Build();

    private static int Passed(StageHarness<PoliceStage> harness, int packets, byte host = 1) =>
        harness.Outbound([.. Enumerable.Repeat(Packet(host), packets)]).Passed.Count;

    private StageHarness<PoliceStage> Start(PoliceOptions options) =>
        StageHarness.Create<PoliceStage, PoliceOptions>(options, new TestStageContext(_time));
}
