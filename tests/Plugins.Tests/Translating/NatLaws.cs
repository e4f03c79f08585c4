using Culvert.Packets;
using Culvert.Plugins.Nat;
using Culvert.Testing;
using Culvert.Wire;

namespace Plugins.Tests.Translating;

/// <summary>The laws of every stage, for the translator.</summary>
public sealed class NatLaws
{
    private static IReadOnlyList<byte[]> Samples =>
    [
        PacketBuilder.Ipv4("192.168.1.5", "10.9.0.2").Tcp(40000, 443, TcpFlags.Syn).Mss(1460).Build(),
        PacketBuilder.Ipv4("10.9.0.2", "10.99.0.1").Tcp(443, 40000).Payload(900).Build(),
        PacketBuilder.Ipv4("10.9.0.2", "10.1.1.5").Udp().Payload(1000).Build(),
        PacketBuilder.Ipv4("192.168.1.5", "10.99.0.1").Udp(4000, 40000).Build(),
        PacketBuilder.Ipv4("192.168.1.5", "10.9.0.2").Ping(7, 1).Build(),
        PacketBuilder.Ipv4("10.9.0.2", "10.99.0.1").Icmp(3, 1).Payload(PacketBuilder.Ipv4("10.99.0.1", "10.9.0.2").Tcp(40000, 443).Build()).Build(),
        PacketBuilder.Ipv4("192.168.1.5", "10.9.0.2").Udp().Fragment(0, more: true).Payload(64).Build(),
        PacketBuilder.Ipv4("10.9.0.2", "10.99.0.1").Protocol(IpProtocol.Udp).Fragment(64, more: true).Payload(64).Build(),
        PacketBuilder.Ipv6("fd01:203:405:1::1234", "2001:db8::9").HopByHop(5, 2, 0, 0).Tcp().Build(),
        PacketBuilder.Ipv4("192.168.1.5", "10.9.0.2").Protocol(IpProtocol.Esp).Payload(64).Build(),
    ];

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_map_keeps_them(Direction direction) =>
        Check(Nats.Map(("192.168.1.0/24", "10.1.1.0/24"), ("fd01:203:405::/48", "2001:db8:1::/48")), direction);

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_masquerade_keeps_them(Direction direction) => Check(Nats.Masquerade(), direction);

    private static void Check(NatOptions options, Direction direction)
    {
        using var harness = Nats.Start(options, new TestStageContext(id: "nat"));
        ConformanceLaws.CheckAll(harness, Samples, direction);
    }
}
