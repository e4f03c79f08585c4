using Culvert.Packets;
using Culvert.Testing;
using Culvert.Wire;

namespace DscpMarker.Tests;

/// <summary>The stage without a pipeline around it: packets in, packets out.</summary>
public sealed class DscpMarkerTests
{
    private const int ExpeditedForwarding = 46;

    [Fact]
    public void An_IPv4_packet_is_marked_and_its_header_checksum_stays_valid()
    {
        using var harness = Create();

        var result = harness.Outbound(PacketBuilder.Ipv4().Udp(40000, 5060).Payload(100).Build());

        Assert.True(Ipv4View.TryParse(result.Single(), out var packet));
        Assert.Equal(ExpeditedForwarding << 2, packet.TrafficClass);
        Assert.True(packet.IsHeaderChecksumValid);
    }

    [Fact]
    public void An_IPv6_packet_is_marked()
    {
        using var harness = Create();

        var result = harness.Outbound(PacketBuilder.Ipv6().FlowLabel(0x12345).Tcp(40000, 22).Build());

        Assert.True(Ipv6View.TryParse(result.Single(), out var packet));
        Assert.Equal((ExpeditedForwarding << 2, 0x12345u), (packet.TrafficClass, packet.FlowLabel));
    }

    [Theory]
    [InlineData(0b00)]
    [InlineData(0b01)]
    [InlineData(0b11)]
    public void Congestion_notification_stays(byte ecn)
    {
        using var harness = Create();

        var result = harness.Outbound(PacketBuilder.Ipv4().TrafficClass((byte)((10 << 2) | ecn)).Tcp().Build());

        Assert.Equal((ExpeditedForwarding << 2) | ecn, result.Single()[1]);
    }

    [Fact]
    public void Only_the_listed_ports_are_marked()
    {
        using var harness = Create(5060);
        byte[][] packets =
        [
            PacketBuilder.Ipv4().Udp(5060, 40000).Build(), PacketBuilder.Ipv4().Tcp(40000, 5060).Build(),
            PacketBuilder.Ipv4().Udp(40000, 53).Build(), PacketBuilder.Ipv4().Ping(1, 1).Build(),
        ];

        var marked = harness.Outbound(packets).Packets.Select(packet => packet[1] >> 2);

        Assert.Equal([ExpeditedForwarding, ExpeditedForwarding, 0, 0], marked);
        Assert.Equal(2, harness.Context.Counters.All.Single().Value);
    }

    [Fact]
    public void Inbound_packets_pass_as_they_are()
    {
        using var harness = Create();
        var packet = PacketBuilder.Ipv4().Tcp().Build();

        Assert.Equal(packet, harness.Inbound(packet).Single());
    }

    [Fact]
    public void It_keeps_the_laws_of_every_stage()
    {
        using var harness = Create(5060);

        ConformanceLaws.CheckAll(harness, [PacketBuilder.Ipv4().Udp(5060, 40000).Payload(100).Build()], Direction.Outbound);
    }

    private static StageHarness<DscpMarkerStage> Create(params int[] ports) =>
        StageHarness.Create<DscpMarkerStage, DscpMarkerOptions>(new DscpMarkerOptions { Dscp = ExpeditedForwarding, Ports = ports });
}
