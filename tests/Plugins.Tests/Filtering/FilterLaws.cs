using Culvert.Packets;
using Culvert.Testing;
using Culvert.Wire;
using static Plugins.Tests.Filtering.Filters;

namespace Plugins.Tests.Filtering;

/// <summary>The laws of every stage, for the filter.</summary>
public sealed class FilterLaws
{
    private static IReadOnlyList<byte[]> Samples =>
    [
        PacketBuilder.Ipv4().Tcp(40000, 443, TcpFlags.Syn).Mss(1460).WindowScale(7).Build(),
        PacketBuilder.Ipv4().Tcp(40000, 25, TcpFlags.Syn).Build(),
        PacketBuilder.Ipv6().Udp(40000, 53).Payload(1200).Build(),
        PacketBuilder.Ipv4().Ping(7, 1).Build(),
        PacketBuilder.Ipv6().Icmp(1, 1).Payload(PacketBuilder.Ipv6("2001:db8::2", "2001:db8::1").Udp(53, 40000).Build()).Build(),
        PacketBuilder.Ipv4().Protocol(IpProtocol.Udp).Fragment(64, more: true).Payload(64).Build(),
        PacketBuilder.Ipv4().Udp().Fragment(0, more: true).Payload(64).Build(),
        PacketBuilder.Ipv6().HopByHop(5, 2, 0, 0).Tcp(flags: TcpFlags.Ack).Build(),
        PacketBuilder.Ipv4().Protocol(IpProtocol.Esp).Payload(64).Build(),
    ];

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_filter_keeps_them(Direction direction)
    {
        using var harness = Start(Of("reject tcp port 25", "allow tcp port 443", "allow udp", "allow icmp", "drop inbound", "allow length >= 0"));
        ConformanceLaws.CheckAll(harness, Samples, direction);
        ConformanceLaws.LeavesNoPacketBehind(harness);
    }
}
