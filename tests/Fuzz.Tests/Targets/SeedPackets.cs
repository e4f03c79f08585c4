using Culvert.Testing;
using Culvert.Wire;

namespace Fuzz.Tests.Targets;

/// <summary>Packets of every kind that the wire views know.</summary>
internal static class SeedPackets
{
    /// <summary>Whole packets and broken ones, one of each kind.</summary>
    public static byte[][] All { get; } = [.. Whole(), .. Errors(), .. Broken()];

    private static IEnumerable<byte[]> Whole() =>
    [
        PacketBuilder.Ipv4().Tcp(40000, 443, TcpFlags.Syn).Mss(1460).Nop().WindowScale(7).SackPermitted().Timestamps(1, 2).Build(),
        PacketBuilder.Ipv4().IpOptions(7, 7, 4, 0, 0, 0, 0).Tcp().Payload(9).Build(),
        PacketBuilder.Ipv4().TrafficClass(0xB9).DontFragment().Udp(5000, 53).Payload(5).Build(),
        PacketBuilder.Ipv4().Udp().Checksum(0).Payload(4).Build(),
        PacketBuilder.Ipv4().Fragment(0, more: true).Udp().Payload(16).Build(),
        PacketBuilder.Ipv4().Fragment(64, more: false).Udp().Payload(16).Build(),
        PacketBuilder.Ipv4().Ping(7, 1).Payload(8).Build(),
        PacketBuilder.Ipv6().Tcp(40000, 443, TcpFlags.Syn).Mss(1440).EndOfOptions().Build(),
        PacketBuilder.Ipv6().FlowLabel(0x12345).HopByHop(5, 2, 0, 0).DestinationOptions(1, 2, 0, 0).Udp().Payload(3).Build(),
        PacketBuilder.Ipv6().Routing(0, 1, "2001:db8::9").Tcp().Payload(5).Build(),
        PacketBuilder.Ipv6().Routing(4, 0, "2001:db8::9", "2001:db8::a").AuthenticationHeader().Udp().Build(),
        PacketBuilder.Ipv6().FragmentHeader(0, more: true).Tcp().Payload(8).Build(),
        PacketBuilder.Ipv6().FragmentHeader(1448, more: false, 77).Udp().Payload(8).Build(),
        PacketBuilder.Ipv6().Ping(7, 1).Payload(8).Build(),
        PacketBuilder.Ipv4().Protocol(IpProtocol.UdpLite).Payload(0x13, 0x88, 0, 53, 0, 8, 0, 0).Build(),
        PacketBuilder.Ipv4().Protocol(IpProtocol.Sctp).Payload(12).Build(),
    ];

    private static IEnumerable<byte[]> Errors()
    {
        var (v4, v6) = (PacketBuilder.Ipv4().Udp().Payload(20).Build(), PacketBuilder.Ipv6().Tcp().Payload(20).Build());
        yield return PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1").Icmp(3, 4, 1400).Payload(v4).Build();
        yield return PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1").Icmp(11).Payload(v4[..28]).Build();
        yield return PacketBuilder.Ipv6("2001:db8::2", "2001:db8::1").Icmp(2, 0, 1280).Payload(v6).Build();
        yield return PacketBuilder.Ipv6("2001:db8::2", "2001:db8::1").Icmp(1, 4).Payload(PacketBuilder.Ipv6().Ping(3, 4).Build()).Build();
    }

    private static IEnumerable<byte[]> Broken() =>
    [
        PacketBuilder.Ipv4().IpLength(20).Tcp().Build(),
        PacketBuilder.Ipv4().Tcp().DataOffset(3).Build(),
        PacketBuilder.Ipv4().Tcp().TcpOptionBytes(2, 0, 5, 200).Build(),
        PacketBuilder.Ipv4().Udp().UdpLength(7).Build(),
        PacketBuilder.Ipv6().HopByHop(0, 255).Build()[..44],
        PacketBuilder.Ipv6().IpLength(9000).Udp().Payload(4).Build(),
        [0x45],
        [],
    ];
}
