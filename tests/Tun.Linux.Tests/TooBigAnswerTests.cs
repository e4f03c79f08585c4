using Culvert.Endpoints;
using Culvert.Testing;
using Culvert.Wire;

namespace Tun.Linux.Tests;

/// <summary>The answer to a packet that is too large, and who gets none.</summary>
public sealed class TooBigAnswerTests
{
    public static TheoryData<string, byte[]> Unanswered => new()
    {
        { "an ICMP error", PacketBuilder.Ipv4().Icmp(3, 1).Payload(2000).Build() },
        { "a redirect", PacketBuilder.Ipv4().Icmp(5).Payload(2000).Build() },
        { "an ICMPv6 error", PacketBuilder.Ipv6().Icmp(1).Payload(2000).Build() },
        { "an ICMPv6 redirect", PacketBuilder.Ipv6().Icmp(137).Payload(2000).Build() },
        { "a later fragment", PacketBuilder.Ipv4().Fragment(1480, more: true).Udp().Payload(2000).Build() },
        { "to multicast", PacketBuilder.Ipv4("10.0.0.1", "224.0.0.5").Udp().Payload(2000).Build() },
        { "to broadcast", PacketBuilder.Ipv4("10.0.0.1", "255.255.255.255").Udp().Payload(2000).Build() },
        { "from nowhere", PacketBuilder.Ipv4("0.0.0.0").Udp().Payload(2000).Build() },
        { "to multicast, IPv6", PacketBuilder.Ipv6("fd99::1", "ff02::1").Udp().Payload(2000).Build() },
        { "from nowhere, IPv6", PacketBuilder.Ipv6("::").Udp().Payload(2000).Build() },
        { "rubbish", [1, 2, 3] },
        { "nothing", [] },
    };

    [Theory]
    [InlineData(2000, 576)]
    [InlineData(100, 156)]
    public void Ipv4_answers_fragmentation_needed_and_quotes_the_packet(int payload, int length)
    {
        var packet = PacketBuilder.Ipv4("10.0.0.1", "10.0.0.2").DontFragment().Udp().Payload(payload).Build();
        var answer = new byte[TooBigAnswer.MaxLength];
        Assert.Equal(length, TooBigAnswer.Write(packet, 1420, answer));
        var written = answer[..length];

        Assert.True(IpView.TryParse(written, out var ip));
        Assert.Equal(length, ip.Length);
        Assert.Equal("10.0.0.2 10.0.0.1", $"{ip.SourceAddress} {ip.DestinationAddress}");
        Assert.Equal(0xFFFF, SlowChecksum.Sum(written[..20]));
        Assert.Equal(0xFFFF, SlowChecksum.Sum(written[20..]));
        Assert.True(IcmpView.TryParse(ip.Transport, out var icmp));
        Assert.Equal((3, 4, 1420), (icmp.Type, icmp.Code, icmp.NextHopMtu));
        Assert.Equal(packet[..(length - 28)], written[28..]);
    }

    [Fact]
    public void Ipv6_answers_packet_too_big_within_the_minimum_mtu()
    {
        var packet = PacketBuilder.Ipv6("fd99::1", "fd99::2").Tcp().Payload(2000).Build();
        var answer = new byte[TooBigAnswer.MaxLength];
        Assert.Equal(1280, TooBigAnswer.Write(packet, 1420, answer));

        Assert.True(IpView.TryParse(answer, out var ip));
        Assert.Equal("fd99::2 fd99::1", $"{ip.SourceAddress} {ip.DestinationAddress}");
        Assert.True(SlowChecksum.Holds(answer));
        Assert.True(Icmpv6View.TryParse(ip.Transport, out var icmp));
        Assert.Equal((2, 0, 1420u), (icmp.Type, icmp.Code, icmp.Mtu));
        Assert.Equal(packet[..1232], answer[48..]);
    }

    [Theory]
    [MemberData(nameof(Unanswered))]
    public void Gets_no_answer(string name, byte[] packet) =>
        Assert.True(TooBigAnswer.Write(packet, 1420, new byte[TooBigAnswer.MaxLength]) == 0, name);

    [Fact]
    public void A_ping_request_gets_one()
    {
        var packet = PacketBuilder.Ipv4().Icmp(8).Payload(2000).Build();
        Assert.NotEqual(0, TooBigAnswer.Write(packet, 1420, new byte[TooBigAnswer.MaxLength]));
    }
}
