using System.Net;
using Culvert.Options;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>Addresses are read strictly, as <c>inet_pton</c> reads them, wherever they stand.</summary>
public sealed class AddressTextTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("10.99.0.1")]
    [InlineData("::")]
    [InlineData("2001:DB8::7")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("64:ff9b::192.0.2.33")]
    public void A_strict_address_is_read(string text)
    {
        Assert.True(AddressText.TryParseAddress(text, out var address));
        Assert.Equal(IPAddress.Parse(text), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("192.168.1")]
    [InlineData("192.168.001.010")]
    [InlineData("010.0.0.0")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("١.2.3.4")]
    [InlineData("[::1]")]
    [InlineData("::1%lo")]
    [InlineData("1::2::3")]
    [InlineData("12345::")]
    [InlineData("::ffff:192.0.2.010")]
    [InlineData("::1/64")]
    [InlineData("cafe")]
    public void Any_other_form_is_refused(string text) => Assert.False(AddressText.TryParseAddress(text, out _));

    [Theory]
    [InlineData("10.0.0.1/24", 24)]
    [InlineData("10.0.0.1", 32)]
    [InlineData("::1/0", 0)]
    [InlineData("::1", 128)]
    public void A_prefix_has_a_length(string text, int wanted)
    {
        Assert.True(AddressText.TryParsePrefix(text, out _, out var length));
        Assert.Equal(wanted, length);
    }

    [Theory]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/024")]
    [InlineData("10.0.0.1/+24")]
    [InlineData("10.0.0.1/ 24")]
    [InlineData("10.0.0.1/")]
    [InlineData("10.1/16")]
    [InlineData("::1/129")]
    [InlineData("10.0.0.1/24/24")]
    public void A_wrong_prefix_is_refused(string text) => Assert.False(AddressText.TryParsePrefix(text, out _, out _));

    [Theory]
    [InlineData("10.1:51820")]
    [InlineData("2122:22")]
    [InlineData("010.0.0.1:51820")]
    [InlineData("0x7f.1:22")]
    [InlineData("1.2.3:22")]
    [InlineData("[::1]x:22")]
    [InlineData("[2001:db8::1%eth0]:22")]
    public void An_endpoint_is_no_loose_address_either(string text) => Assert.False(HostEndpoint.TryParse(text, out _));

    [Theory]
    [InlineData("vpn.example.net:51820")]
    [InlineData("host1:51820")]
    [InlineData("10.99.0.1:51820")]
    [InlineData("[2001:db8::7]:51820")]
    public void An_endpoint_is_a_name_or_a_strict_address(string text) => Assert.True(HostEndpoint.TryParse(text, out _));

    [Fact]
    public void The_network_of_an_address_has_no_bits_behind_its_prefix()
    {
        Assert.Equal(IPNetwork.Parse("10.99.0.0/20"), AddressText.NetworkOf(IPAddress.Parse("10.99.15.255"), 20));
        Assert.Equal(IPNetwork.Parse("::/0"), AddressText.NetworkOf(IPAddress.Parse("2001:db8::1"), 0));
        Assert.Equal(IPNetwork.Parse("fd99::1/128"), AddressText.NetworkOf(IPAddress.Parse("fd99::1"), 128));
    }
}
