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

    [Fact]
    public void The_local_part_is_carried_along_and_left_out_of_Remote()
    {
        var remote = DatagramEndpoint.FromBytes([192, 0, 2, 1], 51820);
        var both = remote.WithLocal([198, 51, 100, 7], interfaceIndex: 4);
        Span<byte> bytes = stackalloc byte[16];
        Assert.Equal(4, both.WriteLocalAddress(bytes));
        Assert.Equal([198, 51, 100, 7], bytes[..4].ToArray());
        Assert.Equal((true, 4u, "192.0.2.1:51820"), (both.HasLocalAddress, both.InterfaceIndex, both.ToString()));
        Assert.NotEqual(remote, both);
        Assert.Equal(remote, both.Remote);
        Assert.Equal(0, remote.WriteLocalAddress(bytes));
        Assert.Throws<ArgumentException>(() => remote.WithLocal(new byte[16], 0));
    }

    [Fact]
    public void An_IPv6_endpoint_has_a_local_part_too()
    {
        var both = DatagramEndpoint.FromBytes([0x20, 1, 0xd, 0xb8, .. new byte[11], 1], 1, scopeId: 2)
            .WithLocal([0x20, 1, 0xd, 0xb8, .. new byte[11], 9], interfaceIndex: 2);
        Span<byte> bytes = stackalloc byte[16];
        Assert.Equal(16, both.WriteLocalAddress(bytes));
        Assert.Equal((9, 2u), (bytes[15], both.ScopeId));
    }
}
