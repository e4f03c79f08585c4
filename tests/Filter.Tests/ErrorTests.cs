using Culvert.Filtering;

namespace Filter.Tests;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("tcp prot 80", "'prot' at character 5: unknown word; did you mean 'port'?")]
    [InlineData("host 10.0.0.1 port 80", "'port' at character 15: unexpected here; write 'and' or 'or' before the next condition")]
    [InlineData("port 80 443", "'443' at character 9: unexpected here; write 'and' or 'or' before the next condition")]
    [InlineData("tcp and prot 80", "'prot' at character 9: unknown word; did you mean 'port'?")]
    [InlineData("everything", "'everything' at character 1: unknown word; write a condition such as host, net, port, tcp, udp or icmp")]
    [InlineData("TCP", "'TCP' at character 1: unknown word; did you mean 'tcp'?")]
    [InlineData("tcp $ udp", "'$' at character 5: unexpected character; remove the character")]
    [InlineData("tcp \u001b[1m", "'\\u001B' at character 5: unexpected character; remove the character")]
    [InlineData("tcp \u202e", "'\\u202E' at character 5: unexpected character; remove the character")]
    [InlineData("tcp €", "'€' at character 5: unexpected character; remove the character")]
    [InlineData("port", "missing value of 'port' at the end; write a port number from 0 to 65535")]
    [InlineData("port http", "'http' at character 6: not a valid port number; write a port number from 0 to 65535 (service names are not resolved)")]
    [InlineData("port 080", "'080' at character 6: not a valid port number; write a port number from 0 to 65535 (service names are not resolved)")]
    [InlineData("port 65536", "'65536' at character 6: not a valid port number; write a port number from 0 to 65535 (service names are not resolved)")]
    [InlineData("port 80-90", "'80-90' at character 6: not a valid port number; write 'portrange 80-90'")]
    [InlineData("portrange 90-80", "'90-80' at character 11: a range that ends before its start; write 80-90")]
    [InlineData("host 10.0.0.0/8", "'10.0.0.0/8' at character 6: a prefix, not an address; write 'net 10.0.0.0/8'")]
    [InlineData("net 10.0.0.0", "'10.0.0.0' at character 5: not a valid prefix; write 'host 10.0.0.0', or add the prefix length: 10.0.0.0/32")]
    [InlineData("net 10", "'10' at character 5: not a valid prefix; write a prefix such as 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("net 10.1.0.0/8", "'10.1.0.0/8' at character 5: not a valid prefix; write 10.0.0.0/8")]
    [InlineData("net 10.0.0.0/33", "'10.0.0.0/33' at character 5: not a valid prefix; write a prefix length from 0 to 32")]
    [InlineData("ip6 host 10.0.0.1", "'10.0.0.1' at character 10: not an address of 'ip6'; write 'ip' or remove 'ip6'")]
    [InlineData("tcp host 10.0.0.1", "'tcp' at character 1: does not qualify 'host'; write 'tcp and host …'")]
    [InlineData("src proto 6", "'proto' at character 5: 'src' and 'dst' do not apply here; remove the direction before 'proto'")]
    [InlineData("10.0.0.1", "'10.0.0.1' at character 1: missing qualifier; write 'host 10.0.0.1'")]
    [InlineData("tcp and 10.0.0.0/8", "'10.0.0.0/8' at character 9: missing qualifier; write 'net 10.0.0.0/8'")]
    [InlineData("(port 80) or 443", "'443' at character 14: missing qualifier; write 'port 443' or another word before the value")]
    [InlineData("port 80 and tcp or 443", "'443' at character 20: missing qualifier; write 'port 443' or another word before the value")]
    [InlineData("(tcp", "missing ')' at the end; close the parenthesis")]
    [InlineData("tcp )", "')' at character 5: unexpected here; check the parentheses and connectives")]
    [InlineData("tcp and", "missing condition at the end; complete the expression")]
    [InlineData("port {80 443}", "'443' at character 10: missing ',' or '}'; separate the items with commas and close the list with '}'")]
    [InlineData("port {}", "'}' at character 7: missing item of a list; write a port number from 0 to 65535")]
    [InlineData("length 100", "'100' at character 8: missing relation after 'length'; write one of < <= > >= = == !=")]
    [InlineData("less 100 or 200", "'200' at character 13: missing qualifier; write 'port 200' or another word before the value")]
    [InlineData("icmp-type echo", "'echo' at character 11: not a valid ICMP type; write an ICMP type from 0 to 255 or a name such as destination-unreachable")]
    [InlineData("icmp-type ecko-request", "'ecko-request' at character 11: not a valid ICMP type; did you mean 'echo-request'?")]
    [InlineData("dscp 64", "'64' at character 6: not a valid DSCP; write a DSCP from 0 to 63 or a name such as af11")]
    [InlineData("tcp[0] == 1", "'0' at character 5: unsupported field; write tcp[tcpflags]")]
    [InlineData("tcp[tcpflags] & tcp-synn != 0", "'tcp-synn' at character 17: not a TCP flag; did you mean 'tcp-syn'?")]
    public void A_mistake_is_explained_with_its_place_and_a_remedy(string text, string expected) =>
        Assert.Equal(expected, Filters.Error(text).ToString());

    [Theory]
    [InlineData("10.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("167772161")]
    [InlineData("10.0.0.256")]
    [InlineData("::1%1")]
    [InlineData("::1/64")]
    [InlineData("1::2::3")]
    [InlineData("::ffff:010.0.0.1")]
    [InlineData("12345::")]
    [InlineData("localhost")]
    [InlineData("fe80")]
    public void An_address_has_its_strict_form(string address) => Filters.Error($"host {address}");

    [Fact]
    public void The_size_and_the_depth_are_bounded()
    {
        Assert.Equal(
            "'tcp or tcp or tcp or tcp or tcp or tcp o…' at character 1: more than 8192 characters; shorten the expression",
            Filters.Error(string.Join(" or ", Enumerable.Repeat("tcp", 2000))).ToString());
        var prefixes = string.Join(",", Enumerable.Range(0, 500).Select(i => $"1:2:{i:x}::/128"));
        Assert.Contains("comparisons, more than 4096; shorten the lists", Filters.Error($"net {{{prefixes}}}").ToString(), StringComparison.Ordinal);
        Assert.Contains("levels of nesting", Filters.Error(new string('(', 100) + "tcp" + new string(')', 100)).ToString(), StringComparison.Ordinal);
        Assert.Contains("levels of nesting", Filters.Error(string.Concat(Enumerable.Repeat("not ", 500)) + "tcp").ToString(), StringComparison.Ordinal);
        Assert.Contains("levels of nesting", Filters.Error(string.Concat(Enumerable.Repeat("tcp and udp or ", 80)) + "tcp").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_list_is_one_level()
    {
        var ports = string.Join(", ", Enumerable.Range(1, 1000));

        Assert.Equal($"port {{{ports}}}", Filters.Parse($"port {{{ports}}}").ToString());
        Assert.Equal(PacketFilter.Everything, Filters.Parse(""));
    }
}
