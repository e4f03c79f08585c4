using System.Net;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>Headers written from nothing, against packets that other software made and against the slow checksum.</summary>
public sealed class HeaderWriteTests
{
    private static readonly byte[] Source6 = IPAddress.Parse("2001:db8::1").GetAddressBytes();
    private static readonly byte[] Destination6 = IPAddress.Parse("2001:db8::2").GetAddressBytes();

    [Fact(DisplayName = "The report's SYN/ACK, written field by field, is the captured packet")]
    public void An_ipv4_tcp_packet_is_the_captured_one()
    {
        var options = Convert.FromHexString("020423010402080A0862AF40081B5BCD01030307");
        var packet = Dirty(60);
        var ip = Ipv4View.Write(packet, [10, 80, 0, 112], [172, 18, 128, 9], IpProtocol.Tcp, payloadLength: 40, timeToLive: 63);
        TcpView.Write(
            ip.Payload, 80, 42319, 0x4a211b10, 0x80edfc2c, TcpFlags.Syn | TcpFlags.Ack, 0x68df, ip.PseudoHeaderSum(), options);
        Assert.Equal(OriginPackets.In, Convert.ToHexString(packet), ignoreCase: true);
    }

    [Fact(DisplayName = "P9: the IPv6 SYN of the cases, written field by field")]
    public void An_ipv6_tcp_packet_is_the_one_of_the_cases()
    {
        var expected = Convert.FromHexString(OriginPackets.Ipv6Syn);
        var packet = Dirty(expected.Length);
        var ip = Ipv6View.Write(packet, Source6, Destination6, IpProtocol.Tcp, payloadLength: 24);
        TcpView.Write(ip.Payload, 49152, 443, 1, 0, TcpFlags.Syn, 0x7fff, ip.PseudoHeaderSum(), [2, 4, 5, 0xa0]);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(packet));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 37)]
    [InlineData(6, 0)]
    [InlineData(6, 37)]
    public void Udp_and_echo_headers_are_right_over_any_payload(int version, int payload)
    {
        var (source, destination) = version == 4 ? ([192, 0, 2, 1], [192, 0, 2, 2]) : (Source6, Destination6);
        var packet = Dirty(48 + payload);
        var ip = IpView.Write(packet, source, destination, IpProtocol.Udp, UdpView.HeaderLength + payload, hopLimit: 9, trafficClass: 0xb8);
        var udp = UdpView.Write(ip.Transport, 5000, 53, ip.PseudoHeaderSum());
        Assert.Equal((version, 9, 46, EcnCodepoint.NotEct), (ip.Version, ip.HopLimit, ip.Dscp, ip.Ecn));
        Assert.Equal((5000, 53, payload), (udp.SourcePort, udp.DestinationPort, udp.Payload.Length));
        Assert.Equal((IpAddressValue.Read(source), IpAddressValue.Read(destination)), (ip.SourceAddress, ip.DestinationAddress));
        AssertRight(ip);

        var protocol = version == 4 ? IpProtocol.Icmp : IpProtocol.Icmpv6;
        ip = IpView.Write(packet, source, destination, protocol, IcmpView.HeaderLength + payload);
        if (version == 4)
        {
            IcmpView.Write(ip.Transport, 8, 0, 0x0007_0009);
        }
        else
        {
            Icmpv6View.Write(ip.Transport, 128, 0, 0x0007_0009, ip.PseudoHeaderSum());
        }

        Assert.Equal(7, ip.EchoIdentifier);
        AssertRight(ip);
    }

    [Fact]
    public void Every_field_of_an_ip_header_is_written()
    {
        var packet = Dirty(40);
        var ipv4 = Ipv4View.Write(packet, [1, 2, 3, 4], [5, 6, 7, 8], IpProtocol.Gre, 3, 7, 0x2a, 0xbeef, dontFragment: false);
        Assert.Equal((23, 7, 0x2a, 0xbeef, false), (ipv4.TotalLength, ipv4.TimeToLive, ipv4.TrafficClass, ipv4.Identification, ipv4.DontFragment));
        Assert.Equal(0, SlowChecksums.Header(packet));
        var ipv6 = Ipv6View.Write(packet, Source6, Destination6, IpProtocol.NoNextHeader, 0, 1, 0xab, 0x12345);
        Assert.Equal((0, 1, 0xab, 0x12345u), (ipv6.PayloadLength, ipv6.HopLimit, ipv6.TrafficClass, ipv6.FlowLabel));
        Assert.Equal(IpProtocol.NoNextHeader, ipv6.NextHeader);
    }

    public static TheoryData<string, Action> Misuse => new()
    {
        { "no room for the payload", () => Ipv4View.Write(new byte[20], new byte[4], new byte[4], IpProtocol.Udp, 1) },
        { "an IPv6 address in an IPv4 header", () => Ipv4View.Write(new byte[60], new byte[16], new byte[16], IpProtocol.Udp, 1) },
        { "two families", () => IpView.Write(new byte[60], new byte[4], new byte[16], IpProtocol.Udp, 1) },
        { "a negative length", () => Ipv6View.Write(new byte[60], new byte[16], new byte[16], IpProtocol.Udp, -1) },
        { "an IPv4 payload over 65515 bytes", () => Ipv4View.Write(new byte[70_000], new byte[4], new byte[4], IpProtocol.Udp, 65516) },
        { "half a UDP header", () => UdpView.Write(new byte[7], 1, 2, 0) },
        { "half a TCP header", () => TcpView.Write(new byte[19], 1, 2, 3, 4, TcpFlags.Ack, 5, 0) },
        { "options of 3 bytes", () => TcpView.Write(new byte[60], 1, 2, 3, 4, TcpFlags.Ack, 5, 0, new byte[3]) },
        { "options of 44 bytes", () => TcpView.Write(new byte[80], 1, 2, 3, 4, TcpFlags.Ack, 5, 0, new byte[44]) },
        { "half an ICMP header", () => IcmpView.Write(new byte[7], 8, 0) },
    };

    [Theory]
    [MemberData(nameof(Misuse))]
    public void Misuse_throws(string what, Action write)
    {
        Assert.NotEmpty(what);
        Assert.ThrowsAny<ArgumentException>(write);
    }

    private static void AssertRight(IpView ip)
    {
        Assert.Equal(0, SlowChecksums.Header(ip.Packet));
        Assert.Equal(0, SlowChecksums.Transport(ip.Packet, ip.TransportOffset, ip.Protocol));
    }

    /// <summary>A buffer in which every byte that is not written shows.</summary>
    private static byte[] Dirty(int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(0xA5);
        return bytes;
    }
}
