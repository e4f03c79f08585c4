using Culvert.Endpoints;
using Culvert.Options;

namespace Framework.Tests.Options;

/// <summary>The option types that read themselves, each against what people write.</summary>
public sealed class OptionValueTests
{
    [Theory]
    [InlineData("0", 0, "0B")]
    [InlineData("65536", 65536, "64KiB")]
    [InlineData("64KiB", 65536, "64KiB")]
    [InlineData("4MiB", 4 << 20, "4MiB")]
    [InlineData("4 MiB", 4 << 20, "4MiB")]
    [InlineData("1GiB", 1 << 30, "1GiB")]
    [InlineData("1500B", 1500, "1500B")]
    [InlineData("3kB", 3000, "3000B")]
    [InlineData("2MB", 2_000_000, "2000000B")]
    public void A_size_is_read_and_written(string text, long bytes, string written)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size.Bytes);
        Assert.Equal(written, size.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("1.5MiB")]
    [InlineData("4mib")]
    [InlineData("99999999999GiB")]
    [InlineData("010KiB")]
    public void What_is_no_size_is_not(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData("10.99.0.1/24", "10.99.0.0/24", false)]
    [InlineData("10.99.0.1/32", "10.99.0.1/32", false)]
    [InlineData("10.255.255.255/9", "10.128.0.0/9", false)]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", false)]
    [InlineData("fd99::1/64", "fd99::/64", true)]
    [InlineData("fd99::ff/121", "fd99::80/121", true)]
    public void An_interface_address_keeps_its_host_bits_and_knows_its_network(string text, string network, bool isIpv6)
    {
        Assert.True(InterfaceAddress.TryParse(text, out var address));
        Assert.Equal((text, network, isIpv6), (address.ToString(), address.Network.ToString(), address.IsIpv6));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.99.0.1")]
    [InlineData("10.99.0.1/33")]
    [InlineData("10.99.0.1/-1")]
    [InlineData("10/8")]
    [InlineData("fd99::1/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("/24")]
    public void An_invalid_interface_address_is_refused(string? text) => Assert.False(InterfaceAddress.TryParse(text, out _));

    [Theory]
    [InlineData("203.0.113.7:51820", "203.0.113.7", 51820, true)]
    [InlineData("vpn.example.net:51820", "vpn.example.net", 51820, false)]
    [InlineData("localhost:1", "localhost", 1, false)]
    [InlineData("[2001:db8::7]:65535", "2001:db8::7", 65535, true)]
    [InlineData("[fe80::1%3]:1", "fe80::1%3", 1, true)]
    [InlineData("[fe80::1%culvert-none]:1", "fe80::1%culvert-none", 1, false)]
    public void A_host_endpoint_is_read_and_written(string text, string host, int port, bool isAddress)
    {
        Assert.True(HostEndpoint.TryParse(text, out var endpoint));
        Assert.Equal((host, port, text, isAddress), (endpoint.Host, endpoint.Port, endpoint.ToString(), endpoint.Address is not null));
    }

    [Fact]
    public void An_IPv4_address_in_IPv6_form_is_IPv4()
    {
        Assert.True(HostEndpoint.TryParse("[::ffff:203.0.113.7]:1", out var endpoint));
        Assert.Equal("203.0.113.7:1", endpoint.Address?.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("203.0.113.7")]
    [InlineData("203.0.113.7:0")]
    [InlineData("203.0.113.7:65536")]
    [InlineData(":51820")]
    [InlineData("2001:db8::7:51820")]
    [InlineData("[203.0.113.7]:51820")]
    [InlineData("[2001:db8::7]")]
    [InlineData("a b:51820")]
    [InlineData("http://host:51820")]
    public void What_is_no_host_endpoint_is_not(string? text) => Assert.False(HostEndpoint.TryParse(text, out _));
}
