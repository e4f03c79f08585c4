using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Plugins.Dscp;
using Culvert.Testing;
using Culvert.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Plugins.Tests.Marking;

/// <summary>The DSCP is written where the expression matches, with the checksum, and nothing else changes.</summary>
public sealed class DscpTests
{
    private static readonly byte[] _voice = PacketBuilder.Ipv4().TrafficClass(0x81).Udp(5060, 5060).Build();
    private static readonly byte[] _voice6 = PacketBuilder.Ipv6().TrafficClass(0x81).FlowLabel(0xABCDE).Udp(5060, 5060).Build();
    private static readonly byte[] _web = PacketBuilder.Ipv4().Tcp().Build();

    [Theory]
    [InlineData(46, 0xB9)]
    [InlineData(0, 0x01)]
    [InlineData(63, 0xFD)]
    public void It_is_set_in_both_families_and_ECN_stays(int dscp, byte trafficClass)
    {
        using var harness = Start(new() { Set = dscp, Match = Parse("udp port 5060") });
        var packets = harness.Outbound(_voice, _voice6, _web).Packets;
        Assert.Equal(PacketBuilder.Ipv4().TrafficClass(trafficClass).Udp(5060, 5060).Build(), packets[0]);
        Assert.Equal(PacketBuilder.Ipv6().TrafficClass(trafficClass).FlowLabel(0xABCDE).Udp(5060, 5060).Build(), packets[1]);
        Assert.Equal(_web, packets[2]);
        Assert.Equal(2, harness.Context.Count("marked"));
    }

    [Fact]
    public void It_is_cleared_for_all_packets_without_an_expression()
    {
        using var harness = Start(new() { Clear = true });
        Assert.True(IpView.TryParse(harness.Inbound(_voice).Single(), out var ip));
        Assert.Equal(0, ip.Dscp);
        harness.Inbound(_web);
        Assert.Equal(1, harness.Context.Count("marked"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_copied_to_the_other_direction_of_a_flow(bool isIpv6)
    {
        PacketBuilder Packet(bool isBack, int dscp) => (isIpv6
            ? isBack ? PacketBuilder.Ipv6("2001:db8::2", "2001:db8::1") : PacketBuilder.Ipv6()
            : isBack ? PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1") : PacketBuilder.Ipv4()).TrafficClass((byte)((dscp << 2) | 1));

        using var harness = Start(new() { Copy = DscpSource.Outbound });
        harness.Outbound(Packet(isBack: false, 34).Tcp(40000, 443).Build());
        Assert.Equal(Packet(isBack: true, 34).Tcp(443, 40000).Build(), harness.Inbound(Packet(isBack: true, 0).Tcp(443, 40000).Build()).Single());
        var other = Packet(isBack: true, 10).Tcp(443, 40001).Build();
        Assert.Equal(other, harness.Inbound(other).Single());
        harness.Outbound(Packet(isBack: false, 0).Tcp(40000, 443).Build());
        Assert.Equal(Packet(isBack: true, 0).Tcp(443, 40000).Build(), harness.Inbound(Packet(isBack: true, 34).Tcp(443, 40000).Build()).Single());
        Assert.Equal(2, harness.Context.Count("marked"));
    }

    [Fact]
    public void A_copy_is_forgotten_after_five_minutes_and_outlives_a_reload()
    {
        var time = new FakeTimeProvider();
        using var context = new TestStageContext(time);
        var options = new DscpOptions { Copy = DscpSource.Inbound, Match = Parse("udp") };
        using var before = StageHarness.Create<DscpStage, DscpOptions>(options, context);
        before.Inbound(PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1").TrafficClass(46 << 2).Udp(53, 4000).Build());
        using var after = StageHarness.Create<DscpStage, DscpOptions>(options, context.Successor());
        var (plain, marked) = (PacketBuilder.Ipv4().Udp(4000, 53).Build(), PacketBuilder.Ipv4().TrafficClass(46 << 2).Udp(4000, 53).Build());
        Assert.Equal(marked, after.Outbound(plain).Single());
        time.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(plain, after.Outbound(plain).Single());
    }

    [Fact]
    public void Flows_that_make_room_for_newer_ones_are_counted()
    {
        using var harness = Start(new() { Copy = DscpSource.Outbound });
        for (var i = 0; i < 40_000; i++)
        {
            harness.Outbound(PacketBuilder.Ipv4().TrafficClass(184).Udp((ushort)(1024 + i), 53).Build());
        }

        Assert.InRange(harness.Context.Count("evicted"), 40_000 - 16_384, 40_000);
    }

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_copier_keeps_the_laws_of_a_stage(Direction direction)
    {
        using var harness = Start(new() { Copy = DscpSource.Outbound });
        ConformanceLaws.CheckAll(
            harness,
            [PacketBuilder.Ipv4().TrafficClass(184).Udp().Build(), PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1").Udp(53, 40000).Build(), PacketBuilder.Ipv6().Tcp().Build()],
            direction);
    }

    [Fact]
    public void A_direction_in_the_expression_counts()
    {
        using var harness = Start(new() { Set = 46, Match = Parse("inbound") });
        Assert.Equal(_voice, harness.Outbound(_voice).Single());
        Assert.NotEqual(_voice, harness.Inbound(_voice).Single());
    }

    [Fact]
    public void Exactly_one_of_set_clear_and_copy_is_needed()
    {
        var findings = new OptionsRecorder("x");
        DscpStage.Validate(new() { Set = 1 }, findings);
        DscpStage.Validate(new() { Clear = true }, findings);
        DscpStage.Validate(new() { Copy = DscpSource.Inbound }, findings);
        DscpStage.Validate(new(), findings);
        DscpStage.Validate(new() { Set = 1, Clear = true }, findings);
        Assert.Equal(
            [
                "error: 'x': set: none of set, clear and copy; write one of 'set: 46', 'clear: true' and 'copy: outbound'",
                "error: 'x': set: more than one of set, clear and copy; write one of 'set: 46', 'clear: true' and 'copy: outbound'",
            ],
            findings.Findings.Select(finding => finding.ToString()));
    }

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void It_keeps_the_laws_of_a_stage(Direction direction)
    {
        using var harness = Start(new() { Set = 46, Match = Parse("udp") });
        ConformanceLaws.CheckAll(harness, [_voice, _voice6, _web], direction);
    }

    private static StageHarness<DscpStage> Start(DscpOptions options) => StageHarness.Create<DscpStage, DscpOptions>(options);

    private static PacketFilter Parse(string text) =>
        PacketFilter.TryParse(text, out var filter, out var error) ? filter : throw new ArgumentException(error.ToString());
}
