using Culvert.Packets;
using Culvert.Testing;
using Culvert.Wire;

namespace HopLimit.Tests;

/// <summary>The stage without a pipeline around it: packets in, packets out.</summary>
public sealed class HopLimitTests
{
    private const byte Hops = 200;

    [Fact]
    public void An_IPv4_packet_is_changed_and_its_header_checksum_stays_valid()
    {
        using var harness = Create();

        var result = harness.Outbound(PacketBuilder.Ipv4().HopLimit(3).Udp(40000, 5060).Payload(100).Build());

        Assert.True(Ipv4View.TryParse(result.Single(), out var packet));
        Assert.Equal(Hops, packet.TimeToLive);
        Assert.True(packet.IsHeaderChecksumValid);
    }

    [Fact]
    public void An_IPv6_packet_is_changed_in_nothing_else()
    {
        using var harness = Create();

        var result = harness.Outbound(PacketBuilder.Ipv6().HopLimit(3).FlowLabel(0x12345).Tcp(40000, 22).Build());

        Assert.Equal(PacketBuilder.Ipv6().HopLimit(Hops).FlowLabel(0x12345).Tcp(40000, 22).Build(), result.Single());
    }

    [Fact]
    public void Only_the_listed_ports_are_changed()
    {
        using var harness = Create(179);
        byte[][] packets =
        [
            PacketBuilder.Ipv4().Udp(179, 40000).Build(), PacketBuilder.Ipv4().Tcp(40000, 179).Build(),
            PacketBuilder.Ipv4().Udp(40000, 53).Build(), PacketBuilder.Ipv4().Ping(1, 1).Build(),
        ];

        var hops = harness.Outbound(packets).Packets.Select(packet => packet[8]);

        Assert.Equal([Hops, Hops, 64, 64], hops);
        Assert.Equal(2, harness.Context.Counters.All.Single().Value);
    }

    [Fact]
    public void A_packet_that_has_the_hops_already_does_not_count()
    {
        using var harness = Create();

        harness.Outbound(PacketBuilder.Ipv4().HopLimit(Hops).Tcp().Build());

        Assert.Equal(0, harness.Context.Count("changed"));
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
        using var harness = Create(179);

        ConformanceLaws.CheckAll(harness, [PacketBuilder.Ipv4().Tcp(179, 40000).Payload(100).Build()], Direction.Outbound);
    }

    private static StageHarness<HopLimitStage> Create(params int[] ports) =>
        StageHarness.Create<HopLimitStage, HopLimitOptions>(new HopLimitOptions { Hops = Hops, Ports = ports });
}
