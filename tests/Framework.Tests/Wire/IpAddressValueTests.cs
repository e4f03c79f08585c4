using System.Net;
using Culvert.Testing;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>Addresses as values.</summary>
public sealed class IpAddressValueTests
{
    [Theory]
    [InlineData("192.0.2.129", 24, "192.0.2.0")]
    [InlineData("192.0.2.129", 25, "192.0.2.128")]
    [InlineData("192.0.2.129", 32, "192.0.2.129")]
    [InlineData("192.0.2.129", 0, "0.0.0.0")]
    [InlineData("2001:db8::ffff", 112, "2001:db8::")]
    [InlineData("2001:db8::ffff", 128, "2001:db8::ffff")]
    [InlineData("2001:db8::ffff", 0, "::")]
    public void A_network_is_the_address_without_host_bits(string address, int length, string network)
    {
        var value = IpAddressValue.From(IPAddress.Parse(address));
        Assert.Equal(address, value.ToString());
        Assert.Equal(IPAddress.Parse(address), value.ToIPAddress());
        Assert.Equal(network, value.Network(length).ToString());
        Assert.Equal(IpAddressValue.From(IPAddress.Parse(network)), value.Network(length));
        Assert.Equal(IpAddressValue.From(IPAddress.Parse(network)).GetHashCode(), value.Network(length).GetHashCode());
    }

    [Fact]
    public void Families_are_never_equal_and_ipv4_comes_first()
    {
        var ipv4 = IpAddressValue.From(IPAddress.Parse("0.0.0.1"));
        var ipv6 = IpAddressValue.From(IPAddress.Parse("::1"));
        Assert.NotEqual(ipv4, ipv6);
        Assert.True(ipv4 < ipv6 && ipv6 > ipv4 && ipv4 <= ipv6 && ipv6 >= ipv4);
        Assert.True(IpAddressValue.From(IPAddress.Parse("255.0.0.0")) < ipv6);
        Assert.True(default(IpAddressValue).IsIpv4);
        Assert.Equal("0.0.0.0", default(IpAddressValue).ToString());
        Assert.Throws<ArgumentException>(() => IpAddressValue.Read(new byte[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ipv4.Network(33));
        Assert.Throws<ArgumentOutOfRangeException>(() => ipv6.Network(-1));
    }

    [Fact]
    public void A_packets_addresses_are_its_keys()
    {
        Assert.True(IpView.TryParse(PacketBuilder.Ipv6("fd00::1", "fd00::2").Udp().Build(), out var ip));
        Assert.Equal(IpAddressValue.From(IPAddress.Parse("fd00::1")), ip.SourceAddress);
        Assert.Equal(IpAddressValue.From(IPAddress.Parse("fd00::2")), ip.DestinationAddress);
        Assert.False(ip.SourceAddress.IsIpv4);
    }
}
