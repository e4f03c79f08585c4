using Culvert.Packets;
using Culvert.Testing;
using Culvert.Wire;

namespace Filter.Tests;

public sealed class VerdictTests
{
    // 10.80.0.112:80 > 172.18.128.9:42319, SYN and ACK, 60 bytes
    private static readonly byte[] _tcp = Convert.FromHexString(
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307");

    private static readonly byte[] _udp6 = PacketBuilder.Ipv6("2001:db8::1", "2001:db8:1::2").TrafficClass(0xB9).Udp(5000, 53).Payload(10).Build();

    [Theory]
    [InlineData("", true)]
    [InlineData("tcp", true)]
    [InlineData("udp", false)]
    [InlineData("ip", true)]
    [InlineData("ip6", false)]
    [InlineData("proto 6", true)]
    [InlineData("proto tcp", true)]
    [InlineData("proto \\tcp", true)]
    [InlineData("ip proto {17, 6}", true)]
    [InlineData("ip6 proto 6", false)]
    [InlineData("icmp or icmp6 or igmp or esp or ah or gre or sctp", false)]
    [InlineData("host 10.80.0.112", true)]
    [InlineData("ip host 10.80.0.112", true)]
    [InlineData("src host 10.80.0.112", true)]
    [InlineData("src 10.80.0.112", true)]
    [InlineData("dst host 10.80.0.112", false)]
    [InlineData("src and dst host 10.80.0.112", false)]
    [InlineData("dst or src host 10.80.0.112", true)]
    [InlineData("host 10.80.0.113", false)]
    [InlineData("host {10.80.0.113, 172.18.128.9}", true)]
    [InlineData("host ::10.80.0.112", false)]
    [InlineData("net 10.80.0.0/16", true)]
    [InlineData("net 10.80.0.112/32", true)]
    [InlineData("net 0.0.0.0/0", true)]
    [InlineData("net ::/0", false)]
    [InlineData("dst net 10.80.0.0/16", false)]
    [InlineData("net {192.168.0.0/16, 172.16.0.0/12}", true)]
    [InlineData("port 80", true)]
    [InlineData("src port 80", true)]
    [InlineData("dst port 80", false)]
    [InlineData("tcp port 42319", true)]
    [InlineData("udp port 42319", false)]
    [InlineData("sctp port 80", false)]
    [InlineData("port {443, 80}", true)]
    [InlineData("port (443 or 80)", true)]
    [InlineData("port not 80", false)]
    [InlineData("portrange 79-81", true)]
    [InlineData("dst portrange 0-42318", false)]
    [InlineData("portrange {1-2, 80}", true)]
    [InlineData("host 10.80.0.112 and tcp port 81", false)]
    [InlineData("tcp port 81 or 80", true)]
    [InlineData("udp port 81 or 80", false)]
    [InlineData("port 81 or (82 or 80)", true)]
    [InlineData("port 81 or not 82", true)]
    [InlineData("not port 80", false)]
    [InlineData("!port 80 || !tcp", false)]
    [InlineData("not (port 81 or udp)", true)]
    [InlineData("udp and port 80 or tcp", true)]
    [InlineData("udp and (port 80 or tcp)", false)]
    [InlineData("tcp or udp and port 81", false)]
    [InlineData("tcp or (udp and port 81)", true)]
    [InlineData("syn", true)]
    [InlineData("syn and ack", true)]
    [InlineData("syn and not ack", false)]
    [InlineData("rst or fin or push or urg or ece or cwr", false)]
    [InlineData("tcp[tcpflags] & tcp-syn != 0", true)]
    [InlineData("tcp[13]&(tcp-syn|tcp-ack)==tcp-syn", false)]
    [InlineData("tcp[13] & (2|0x10) = 18", true)]
    [InlineData("tcp[tcpflags] == syn+ack", true)]
    [InlineData("tcp[tcpflags] != 18", false)]
    [InlineData("tcp[tcpflags] & tcp-syn == tcp-ack", false)]
    [InlineData("tcp[tcpflags] & tcp-rst != 0", false)]
    [InlineData("tcp[tcpflags] & (tcp-rst|tcp-fin) != 0", false)]
    [InlineData("icmp-type 80", false)]
    [InlineData("dscp 0", true)]
    [InlineData("ecn not-ect", true)]
    [InlineData("length = 60", true)]
    [InlineData("len != 60", false)]
    [InlineData("length < 60", false)]
    [InlineData("length <= 60", true)]
    [InlineData("length > 59", true)]
    [InlineData("length < 0", false)]
    [InlineData("greater 61", false)]
    [InlineData("less 60", true)]
    [InlineData("fragment", false)]
    [InlineData("outbound", true)]
    [InlineData("inbound", false)]
    public void A_TCP_packet(string text, bool expected) => Assert.Equal(expected, Filters.Matches(text, _tcp));

    [Theory]
    [InlineData("ip6", true)]
    [InlineData("udp", true)]
    [InlineData("ip6 proto 17", true)]
    [InlineData("host 2001:db8::1", true)]
    [InlineData("host 2001:DB8:0:0::1", true)]
    [InlineData("dst 2001:db8::1", false)]
    [InlineData("net 2001:db8::/33", true)]
    [InlineData("dst net 2001:db8:1::/48", true)]
    [InlineData("dst net 2001:db8:2::/48", false)]
    [InlineData("src net 2001:db8::/127", true)]
    [InlineData("host 32.1.13.184", false)]
    [InlineData("udp dst port 53", true)]
    [InlineData("dscp 46", true)]
    [InlineData("dscp {cs1, ef}", true)]
    [InlineData("ecn ect1", true)]
    [InlineData("ecn 3", false)]
    [InlineData("syn", false)]
    [InlineData("tcp[tcpflags] != 0", false)]
    [InlineData("icmp6", false)]
    public void A_UDP_packet_over_IPv6(string text, bool expected) => Assert.Equal(expected, Filters.Matches(text, _udp6));

    [Theory]
    [InlineData("icmp-type 8", true)]
    [InlineData("icmp-type echo-request", true)]
    [InlineData("icmp-type {redirect, icmp-echo}", true)]
    [InlineData("icmp-type redirect or echo-request", true)]
    [InlineData("icmp[icmptype] == icmp-echo", true)]
    [InlineData("icmp[0] != 8", false)]
    [InlineData("icmp6-type 8", false)]
    [InlineData("icmp6", false)]
    [InlineData("port 8", false)]
    public void A_ping(string text, bool expected) => Assert.Equal(expected, Filters.Matches(text, PacketBuilder.Ipv4().Icmp(8).Build()));

    [Theory]
    [InlineData("icmp6-type echo-request", true)]
    [InlineData("icmp6[icmp6type] = icmp6-echo", true)]
    [InlineData("icmp6-type echo-reply", false)]
    [InlineData("icmp-type 128", false)]
    public void A_ping_over_IPv6(string text, bool expected) => Assert.Equal(expected, Filters.Matches(text, PacketBuilder.Ipv6().Icmp(128).Build()));

    [Fact]
    public void A_later_fragment_has_a_protocol_but_no_port()
    {
        var first = PacketBuilder.Ipv4().Udp(1, 53).Payload(8).Fragment(0, more: true).Build();
        var later = PacketBuilder.Ipv4().Udp(1, 53).Payload(8).Fragment(16, more: false).Build();
        var later6 = PacketBuilder.Ipv6().FragmentHeader(16, more: false).Udp(1, 53).Build();

        Assert.True(Filters.Matches("fragment and udp and port 53", first));
        Assert.All([later, later6], packet => Assert.True(Filters.Matches("fragment and udp and not portrange 0-65535", packet)));
        Assert.False(Filters.Matches("tcp[tcpflags] & 0 == 0", PacketBuilder.Ipv4().Tcp().Fragment(24, more: true).Build()));
    }

    [Fact]
    public void Extension_headers_are_passed_and_each_is_a_protocol_of_the_packet()
    {
        var packet = PacketBuilder.Ipv6().HopByHop().AuthenticationHeader().Tcp(1, 443).Build();

        Assert.True(Filters.Matches("tcp dst port 443 and ah and ip6 proto 0 and proto 51", packet));
        Assert.False(Filters.Matches("proto 43 or proto 44 or proto 60 or ip proto 51", packet));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not (ip or ip6)")]
    [InlineData("not tcp and not port 0")]
    [InlineData("length = 3 and not dscp 0 and not proto 0")]
    [InlineData("outbound and not fragment")]
    public void Of_what_is_not_IP_only_length_and_direction_are_known(string text) => Assert.True(Filters.Matches(text, [1, 2, 3]));

    [Fact]
    public void The_direction_is_the_packets()
    {
        Assert.True(Filters.Matches("inbound and tcp", _tcp, Direction.Inbound));
        Assert.False(Filters.Matches("outbound", _tcp, Direction.Inbound));
    }

    [Fact]
    public void A_truncated_header_has_no_ports()
    {
        var packet = PacketBuilder.Ipv4().Tcp(80, 80, TcpFlags.Syn).Build();

        Assert.True(Filters.Matches("tcp and not port 80 and not syn", packet[..23]));
        Assert.True(Filters.Matches("tcp port 80 and not syn", packet[..24]));
        Assert.True(Filters.Matches("syn", packet[..34]));
    }
}
