using Culvert.Packets;
using Culvert.Testing;
using Culvert.Wire;

namespace Plugins.Tests.Translating;

/// <summary>Hosts share an address: their packets get a port each, answers find the host, and nothing else does.</summary>
public sealed class MasqueradeTests
{
    private const string A = "192.168.1.5";
    private const string B = "192.168.1.6";
    private const string Server = "10.9.0.2";

    [Fact]
    public void A_host_keeps_its_port_where_it_is_free_and_answers_find_it()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        Assert.Equal(PacketBuilder.Ipv4(Nats.Shared, Server).Udp(4000, 53).Payload(9).Build(), nat.Out(PacketBuilder.Ipv4(A, Server).Udp(4000, 53).Payload(9)));
        Assert.Equal(PacketBuilder.Ipv4(Server, A).Udp(53, 4000).Payload(9).Build(), nat.In(PacketBuilder.Ipv4(Server, Nats.Shared).Udp(53, 4000).Payload(9)));
    }

    [Theory]
    [InlineData(4000, 1024, 65535)]
    [InlineData(4001, 1024, 65535)]
    [InlineData(700, 512, 1023)]
    public void A_second_host_gets_a_port_of_the_same_kind(int port, int min, int max)
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(A, Server).Udp((ushort)port, 53));
        var external = PortOf(nat.Out(PacketBuilder.Ipv4(B, Server).Udp((ushort)port, 53)));
        Assert.NotEqual(port, external);
        Assert.InRange(external, min, max);
        Assert.Equal(port % 2, external % 2);
        Assert.Equal(PacketBuilder.Ipv4(Server, B).Udp(53, (ushort)port).Build(), nat.In(PacketBuilder.Ipv4(Server, Nats.Shared).Udp(53, external)));
        Assert.Equal(PacketBuilder.Ipv4(Server, A).Udp(53, (ushort)port).Build(), nat.In(PacketBuilder.Ipv4(Server, Nats.Shared).Udp(53, (ushort)port)));
    }

    [Fact]
    public void Mapping_and_filtering_are_independent_of_the_endpoint()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(A, Server).Tcp(4000, 80));
        var external = PortOf(nat.Out(PacketBuilder.Ipv4(B, Server).Tcp(4000, 80)));
        Assert.Equal(external, PortOf(nat.Out(PacketBuilder.Ipv4(B, "10.9.0.3").Tcp(4000, 443))));
        Assert.Equal(
            PacketBuilder.Ipv4("10.9.0.77", B).Tcp(1, 4000).Build(), nat.In(PacketBuilder.Ipv4("10.9.0.77", Nats.Shared).Tcp(1, external)));
    }

    [Fact]
    public void Each_protocol_has_its_own_ports()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(A, Server).Udp(4000, 53));
        Assert.Equal(4000, PortOf(nat.Out(PacketBuilder.Ipv4(B, Server).Tcp(4000, 53))));
        Assert.True(nat.Drops(Direction.Inbound, PacketBuilder.Ipv4(Server, Nats.Shared).Tcp(53, 4001), "no-mapping"));
    }

    [Fact]
    public void An_echo_has_its_identifier_as_port_and_only_replies_come_in()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(A, Server).Ping(7, 1));
        var second = nat.Out(PacketBuilder.Ipv4(B, Server).Ping(7, 1));
        Assert.True(IpView.TryParse(second, out var ip));
        var external = ip.EchoIdentifier;
        Assert.NotEqual(7, external);
        Assert.Equal(
            PacketBuilder.Ipv4(Server, B).Icmp(0, 0, (7 << 16) | 1).Build(), nat.In(PacketBuilder.Ipv4(Server, Nats.Shared).Icmp(0, 0, ((uint)external << 16) | 1)));
        Assert.True(nat.Drops(Direction.Inbound, PacketBuilder.Ipv4(Server, Nats.Shared).Ping(external, 1), "no-mapping"));
        Assert.True(nat.Drops(Direction.Outbound, PacketBuilder.Ipv4(A, Server).Icmp(0, 0, 7 << 16), "untranslatable"));
    }

    [Fact]
    public void What_has_no_port_is_dropped()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        Assert.True(nat.Drops(Direction.Outbound, PacketBuilder.Ipv4(A, Server).Protocol(IpProtocol.Esp).Payload(20), "untranslatable"));
        Assert.True(nat.Drops(Direction.Inbound, PacketBuilder.Ipv4(Server, Nats.Shared).Protocol(IpProtocol.Esp).Payload(20), "no-mapping"));
        Assert.True(nat.Drops(Direction.Outbound, PacketBuilder.Ipv4(A, Server).Udp().IpLength(2000), "malformed"));
    }

    [Fact]
    public void The_other_family_and_other_destinations_pass()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        var (ipv6, transit) = (PacketBuilder.Ipv6().Udp().Build(), PacketBuilder.Ipv4(Server, "192.168.7.7").Udp().Build());
        Assert.Equal(ipv6, nat.Outbound(ipv6).Single());
        Assert.Equal(transit, nat.Inbound(transit).Single());
    }

    [Fact]
    public void Ipv6_hosts_can_share_an_address()
    {
        const string shared = "2001:db8:99::1";
        using var nat = Nats.Start(Nats.Masquerade(shared));
        Assert.Equal(
            PacketBuilder.Ipv6(shared, "2001:db8::9").Tcp(4000, 80).Payload(7).Build(), nat.Out(PacketBuilder.Ipv6("fd00::5", "2001:db8::9").Tcp(4000, 80).Payload(7)));
        Assert.Equal(
            PacketBuilder.Ipv6("2001:db8::9", "fd00::5").Tcp(80, 4000).Build(), nat.In(PacketBuilder.Ipv6("2001:db8::9", shared).Tcp(80, 4000)));
        nat.Out(PacketBuilder.Ipv6("fd00::5", "2001:db8::9").Ping(7, 1));
        Assert.Equal(
            PacketBuilder.Ipv6("2001:db8::9", "fd00::5").Icmp(129, 0, (7 << 16) | 1).Build(),
            nat.In(PacketBuilder.Ipv6("2001:db8::9", shared).Icmp(129, 0, (7 << 16) | 1)));
    }

    [Fact]
    public void An_error_about_a_hosts_packet_finds_the_host()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(A, Server).Udp(4000, 53).Payload(40));
        var sent = PacketBuilder.Ipv4(B, Server).Udp(4000, 53).Payload(40).Build();
        var translated = nat.Outbound(sent).Single();
        Assert.Equal(
            PacketBuilder.Ipv4("10.9.0.254", B).Icmp(3, 1).Payload(sent).Build(), nat.In(PacketBuilder.Ipv4("10.9.0.254", Nats.Shared).Icmp(3, 1).Payload(translated)));
        var other = PacketBuilder.Ipv4(Nats.Shared, Server).Udp(9, 53).Build();
        Assert.True(nat.Drops(Direction.Inbound, PacketBuilder.Ipv4(Server, Nats.Shared).Icmp(3, 1).Payload(other), "no-mapping"));
    }

    [Fact]
    public void An_error_about_an_echo_finds_the_host()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(A, Server).Ping(7, 1));
        var sent = PacketBuilder.Ipv4(B, Server).Ping(7, 1).Payload(20).Build();
        var translated = nat.Outbound(sent).Single();
        Assert.Equal(
            PacketBuilder.Ipv4("10.9.0.254", B).Icmp(11).Payload(sent).Build(), nat.In(PacketBuilder.Ipv4("10.9.0.254", Nats.Shared).Icmp(11).Payload(translated)));
    }

    [Fact]
    public void An_error_of_a_host_or_its_router_leaves_with_the_shared_address()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(A, Server).Udp(4000, 53));
        var external = PortOf(nat.Out(PacketBuilder.Ipv4(B, Server).Udp(4000, 53)));
        var answer = PacketBuilder.Ipv4(Server, Nats.Shared).Udp(53, external).Payload(30).Build();
        var arrived = nat.Inbound(answer).Single();
        foreach (var sender in (string[])[B, "192.168.1.1"])
        {
            Assert.Equal(
                PacketBuilder.Ipv4(Nats.Shared, Server).Icmp(3, 3).Payload(answer).Build(), nat.Out(PacketBuilder.Ipv4(sender, Server).Icmp(3, 3).Payload(arrived)));
        }

        var strange = PacketBuilder.Ipv4(Server, B).Udp(53, 9).Build();
        Assert.True(nat.Drops(Direction.Outbound, PacketBuilder.Ipv4(B, Server).Icmp(3, 3).Payload(strange), "no-mapping"));
    }

    [Fact]
    public void A_quote_that_ends_after_eight_bytes_is_translated_too()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(A, Server).Tcp(4000, 80));
        var sent = PacketBuilder.Ipv4(B, Server).Tcp(4000, 80).Build();
        var translated = nat.Outbound(sent).Single();
        Assert.Equal(
            PacketBuilder.Ipv4(Server, B).Icmp(3, 1).Payload(sent[..28]).Build(), nat.In(PacketBuilder.Ipv4(Server, Nats.Shared).Icmp(3, 1).Payload(translated[..28])));
    }

    [Fact]
    public void Later_fragments_follow_their_first()
    {
        static PacketBuilder Piece(string from, string to, int offset, ushort id, ushort source = 4000, ushort destination = 53) =>
            (offset == 0 ? PacketBuilder.Ipv4(from, to).Udp(source, destination) : PacketBuilder.Ipv4(from, to).Protocol(IpProtocol.Udp).Checksum(7))
                .Payload(64).Fragment(offset, more: offset == 0).Identification(id);

        using var nat = Nats.Start(Nats.Masquerade());
        Assert.Equal(Piece(Nats.Shared, Server, 0, 5).Build(), nat.Out(Piece(A, Server, 0, 5)));
        Assert.Equal(Piece(Nats.Shared, Server, 72, 5).Build(), nat.Out(Piece(A, Server, 72, 5)));
        Assert.True(nat.Drops(Direction.Inbound, Piece(Server, Nats.Shared, 72, 6), "no-mapping"));
        Assert.Equal(Piece(Server, A, 0, 6, 53, 4000).Build(), nat.In(Piece(Server, Nats.Shared, 0, 6, 53, 4000)));
        Assert.Equal(Piece(Server, A, 72, 6).Build(), nat.In(Piece(Server, Nats.Shared, 72, 6)));
        Assert.True(nat.Drops(Direction.Inbound, Piece(Server, Nats.Shared, 72, 7), "no-mapping"));
        Assert.True(nat.Drops(Direction.Outbound, PacketBuilder.Ipv4(A, Server).Protocol(IpProtocol.Gre).Fragment(72, more: false).Payload(8), "untranslatable"));
    }

    [Fact]
    public void Hosts_reach_each_other_by_the_shared_address()
    {
        using var nat = Nats.Start(Nats.Masquerade());
        nat.Out(PacketBuilder.Ipv4(B, Server).Udp(5000, 53));
        Assert.Empty(nat.Outbound(PacketBuilder.Ipv4(A, Nats.Shared).Udp(4000, 5000).Payload(9).Build()).Passed);
        var turned = Assert.Single(nat.Context.TakeEmitted());
        Assert.Equal(Direction.Inbound, turned.Direction);
        Assert.Equal(PacketBuilder.Ipv4(Nats.Shared, B).Udp(4000, 5000).Payload(9).Build(), turned.Bytes);
        Assert.True(nat.Drops(Direction.Outbound, PacketBuilder.Ipv4(A, Nats.Shared).Udp(4000, 5001), "no-mapping"));
    }

    private static ushort PortOf(byte[] packet) => IpView.TryParse(packet, out var ip) ? ip.SourcePort : (ushort)0;
}
