using System.Net;
using Culvert.Packets;

namespace Framework.Tests.Packets;

public sealed class DatagramEndpointTests
{
    [Theory]
    [InlineData("192.0.2.1:51820")]
    [InlineData("[2001:db8::1]:51820")]
    [InlineData("[fe80::1%3]:7000")]
    [InlineData("0.0.0.0:0")]
    public void It_is_the_same_endpoint_after_a_round_trip(string text)
    {
        var endpoint = IPEndPoint.Parse(text);
        var value = DatagramEndpoint.From(endpoint);
        Assert.Equal(endpoint, value.ToIPEndPoint());
        Assert.Equal(value, DatagramEndpoint.From(value.ToIPEndPoint()!));
        Assert.Equal(endpoint.ToString(), value.ToString());
    }

    [Fact]
    public void A_mapped_address_equals_the_plain_one()
    {
        var mapped = DatagramEndpoint.From(new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 7000));
        Assert.Equal(DatagramEndpoint.FromBytes([192, 0, 2, 1], 7000), mapped);
        Assert.True(mapped.IsIpv4);
        Assert.Equal(0xC0000201, mapped.Ipv4Address);
    }

    [Fact]
    public void The_default_value_is_no_endpoint()
    {
        Assert.True(default(DatagramEndpoint).IsNone);
        Assert.Null(default(DatagramEndpoint).ToIPEndPoint());
        Assert.Equal("(none)", default(DatagramEndpoint).ToString());
    }

    [Fact]
    public void An_address_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => DatagramEndpoint.FromBytes([1, 2, 3], 1));
}
