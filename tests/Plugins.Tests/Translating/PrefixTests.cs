using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Nat;
using Culvert.Plugins.Nat.Mapping;
using Culvert.Testing;
using Culvert.Wire;

namespace Plugins.Tests.Translating;

/// <summary>Prefixes are mapped one to one, in packets and in the packets that errors quote, with every checksum right.</summary>
public sealed class PrefixTests
{
    private static readonly NatOptions _site = Nats.Map(("192.168.1.0/24", "10.1.1.0/24"), ("fd01:203:405::/48", "2001:db8:1::/48"));

    [Fact]
    public void The_source_is_mapped_outbound_and_the_destination_inbound()
    {
        using var nat = Nats.Start(_site);
        Assert.Equal(
            PacketBuilder.Ipv4("10.1.1.5", "10.1.2.7").Udp().Payload(9).Build(), nat.Out(PacketBuilder.Ipv4("192.168.1.5", "10.1.2.7").Udp().Payload(9)));
        Assert.Equal(PacketBuilder.Ipv4("10.1.2.7", "192.168.1.5").Tcp().Build(), nat.In(PacketBuilder.Ipv4("10.1.2.7", "10.1.1.5").Tcp()));
        Assert.Equal(2, nat.Context.Count("translated"));
    }

    [Fact]
    public void What_has_another_address_passes_unchanged()
    {
        using var nat = Nats.Start(_site);
        byte[][] packets =
        [
            PacketBuilder.Ipv4("192.168.2.5", "10.1.1.7").Udp().Build(), PacketBuilder.Ipv6("2001:db8:1::1", "fd01:203:405::1").Udp().Build(),
        ];
        Assert.Equal(packets, nat.Outbound(packets).Packets);
        Assert.Equal(2, nat.Context.Count("untouched"));
    }

    // The example of RFC 6296 §3.3 and appendix B.
    [Theory]
    [InlineData("fd01:203:405::/48", "2001:db8:1::/48", "fd01:203:405:1::1234", "2001:db8:1:d550::1234")]
    [InlineData("fd01:203:405::/48", "2001:db8:1::/48", "fd01:203:405::1", "2001:db8:1:d54f::1")]
    [InlineData("fd01:203:405::/48", "2001:db8:1::/48", "fd01:203:405:2ab0::1", "2001:db8:1::1")]
    [InlineData("fd00::/32", "2001:db8::/32", "fd00:0:5:6::1", "2001:db8:5:cf4d::1")]
    [InlineData("fd01:203:405:1::/64", "2001:db8:1:2::/64", "fd01:203:405:1::7", "2001:db8:1:2:d54e::7")]
    [InlineData("fd01:203:405:1::/64", "2001:db8:1:2::/64", "fd01:203:405:1:ffff::7", "2001:db8:1:2:ffff:d54e:0:7")]
    public void Ipv6_is_mapped_without_a_change_of_the_sum(string own, string seen, string address, string expected)
    {
        var (outbound, inbound) = (new PrefixMapping(IPNetwork.Parse(own), IPNetwork.Parse(seen)), new PrefixMapping(IPNetwork.Parse(seen), IPNetwork.Parse(own)));
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        Span<byte> mapped = new byte[16];
        Assert.True(outbound.TryMap(bytes, mapped));
        Assert.Equal(IPAddress.Parse(expected), new IPAddress(mapped));
        Assert.Equal(InternetChecksum.Fold(InternetChecksum.Sum(bytes)), InternetChecksum.Fold(InternetChecksum.Sum(mapped)));
        Span<byte> back = new byte[16];
        Assert.True(inbound.TryMap(mapped, back));
        Assert.Equal(bytes, back.ToArray());
    }

    [Theory]
    [InlineData("fd01:203:405:ffff::1", "fd01:203:405::/48", "2001:db8:1::/48")]
    [InlineData("fd01:203:405:1:ffff:ffff:ffff:ffff", "fd01:203:405:1::/64", "2001:db8:1:2::/64")]
    public void An_address_that_cannot_be_mapped_back_is_dropped(string address, string own, string seen)
    {
        using var nat = Nats.Start(Nats.Map((own, seen)));
        Assert.True(nat.Drops(Direction.Outbound, PacketBuilder.Ipv6(address, "2001:db8::9").Udp(), "untranslatable"));
    }

    [Fact]
    public void Transport_checksums_of_Ipv6_stay_as_they_are()
    {
        using var nat = Nats.Start(_site);
        var before = PacketBuilder.Ipv6("fd01:203:405:1::1234", "2001:db8::9").Tcp().Payload(33).Build();
        var after = nat.Outbound(before).Single();
        Assert.Equal(before[40..], after[40..]);
        Assert.Equal(PacketBuilder.Ipv6("2001:db8:1:d550::1234", "2001:db8::9").Tcp().Payload(33).Build(), after);
    }

    [Theory]
    [InlineData("192.168.1.5", "10.1.1.5", "10.1.2.7", "10.1.2.254")]
    [InlineData("fd01:203:405:1::1234", "2001:db8:1:d550::1234", "2001:db8::9", "2001:db8::fe")]
    public void Errors_quote_what_their_receiver_sent(string own, string seen, string other, string router)
    {
        using var nat = Nats.Start(_site);
        var isIpv4 = own.Contains('.', StringComparison.Ordinal);
        PacketBuilder Ip(string from, string to) => isIpv4 ? PacketBuilder.Ipv4(from, to) : PacketBuilder.Ipv6(from, to);
        PacketBuilder Error(string from, string to, byte[] quoted) => Ip(from, to).Icmp(isIpv4 ? (byte)3 : (byte)1, 1).Payload(quoted);

        var (sent, translated) = (Ip(own, other).Udp().Payload(40).Build(), Ip(seen, other).Udp().Payload(40).Build());
        Assert.Equal(Error(router, own, sent).Build(), nat.In(Error(router, seen, translated)));

        var (arrived, forwarded) = (Ip(other, own).Tcp().Build(), Ip(other, seen).Tcp().Build());
        Assert.Equal(Error(seen, other, forwarded).Build(), nat.Out(Error(own, other, arrived)));
    }

    [Fact]
    public void Random_packets_come_back_as_they_were()
    {
        using var nat = Nats.Start(_site);
        var random = new Random(5);
        for (var i = 0; i < 3000; i++)
        {
            var host = random.Next(256);
            var isIpv4 = random.Next(2) == 0;
            var (own, other) = isIpv4 ? ($"192.168.1.{host}", "10.1.2.7") : ($"fd01:203:405:{random.Next(0xFFFF):x}::{host:x}", "2001:db8::9");
            PacketBuilder Make(string from, string to)
            {
                var ip = isIpv4 ? PacketBuilder.Ipv4(from, to).Identification((ushort)i) : PacketBuilder.Ipv6(from, to);
                var transport = (i % 4) switch
                {
                    0 => ip.Tcp((ushort)i, 443).Sequence((uint)i),
                    1 => ip.Udp((ushort)i, 53),
                    2 => ip.Ping((ushort)i, 1),
                    _ => ip.Protocol(IpProtocol.Esp),
                };
                return transport.Payload(i % 60);
            }

            var forward = nat.Outbound(Make(own, other).Build()).Single();
            Assert.True(IpView.TryParse(forward, out var ip));
            var seen = new IPAddress(ip.Source).ToString();
            Assert.NotEqual(own, seen);
            Assert.Equal(Make(seen, other).Build(), forward);
            Assert.Equal(Make(other, own).Build(), nat.Inbound(Make(other, seen).Build()).Single());
        }
    }

    [Fact]
    public void A_checksum_that_was_wrong_stays_wrong()
    {
        using var nat = Nats.Start(_site);
        var after = nat.Out(PacketBuilder.Ipv4("192.168.1.5", "10.1.2.7").Udp().Payload(9).ChecksumError(77));
        Assert.Equal(PacketBuilder.Ipv4("10.1.1.5", "10.1.2.7").Udp().Payload(9).ChecksumError(77).Build(), after);
    }

    [Fact]
    public void Fragments_are_mapped_each()
    {
        using var nat = Nats.Start(_site);
        Assert.Equal(
            PacketBuilder.Ipv4("10.1.1.5", "10.1.2.7").Protocol(IpProtocol.Udp).Fragment(64, more: false).Payload(64).Checksum(7).Build(),
            nat.Out(PacketBuilder.Ipv4("192.168.1.5", "10.1.2.7").Protocol(IpProtocol.Udp).Fragment(64, more: false).Payload(64).Checksum(7)));
    }
}
