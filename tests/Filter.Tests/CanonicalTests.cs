using Culvert.Filtering;

namespace Filter.Tests;

public sealed class CanonicalTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("tcp  port 80 ||443", "tcp port 80 or tcp port 443")]
    [InlineData("src or dst port {80,443}", "port {80, 443}")]
    [InlineData("port {80}", "port 80")]
    [InlineData("src and dst 10.0.0.1", "src and dst host 10.0.0.1")]
    [InlineData("ip6 net 2001:0db8::/32", "net 2001:db8::/32")]
    [InlineData("tcp or udp and port 80", "(tcp or udp) and port 80")]
    [InlineData("(tcp and syn) and not (not ack)", "tcp and syn and ack")]
    [InlineData("not (tcp or udp)", "not (tcp or udp)")]
    [InlineData("portrange 8000", "portrange 8000-8000")]
    [InlineData("proto 6 or 99", "proto tcp or proto 99")]
    [InlineData("icmp[icmptype] != icmp-echo", "icmp[icmptype] != echo-request")]
    [InlineData("tcp[13] & 2 != 0", "syn")]
    [InlineData("tcp[13] & 0x12 = 2", "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn")]
    [InlineData("tcp[13] == 0", "tcp[tcpflags] == 0")]
    [InlineData("less 100", "length <= 100")]
    [InlineData("dscp 46 and ecn 3", "dscp ef and ecn ce")]
    public void There_is_one_spelling_for_each_meaning(string text, string canonical)
    {
        var filter = Filters.Parse(text);

        Assert.Equal(canonical, filter.ToString());
        Assert.Equal(filter, Filters.Parse(canonical));
        Assert.Equal(canonical, Filters.Parse(canonical).ToString());
    }

    [Fact]
    public void Only_a_filter_that_compares_nothing_is_everything()
    {
        Assert.True(Filters.Parse(" ").IsEverything);
        Assert.False(Filters.Parse("ip or ip6").IsEverything);
        Assert.False(Filters.Parse("length < 0").IsEverything);
    }

    [Fact]
    public void The_opposite_of_everything_is_nothing()
    {
        Assert.Equal("length < 0", PacketFilter.Everything.Opposite);
        Assert.False(Filters.Parse(PacketFilter.Everything.Opposite).IsEverything);
    }
}
