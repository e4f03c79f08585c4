using Culvert.Engine.Inspection;

namespace Engine.Tests.Inspection;

public class PacketFilterTests
{
    // 10.80.0.112:80 > 172.18.128.9:42319, TCP
    private static readonly byte[] _packet = Convert.FromHexString(
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307");

    [Theory]
    [InlineData("", true)]
    [InlineData("tcp", true)]
    [InlineData("udp", false)]
    [InlineData("ip", true)]
    [InlineData("ip6", false)]
    [InlineData("host 10.80.0.112", true)]
    [InlineData("src host 10.80.0.112", true)]
    [InlineData("dst host 10.80.0.112", false)]
    [InlineData("host 10.80.0.113", false)]
    [InlineData("net 10.80.0.0/16", true)]
    [InlineData("dst net 10.80.0.0/16", false)]
    [InlineData("port 80", true)]
    [InlineData("src port 80", true)]
    [InlineData("dst port 80", false)]
    [InlineData("tcp port 42319", true)]
    [InlineData("udp port 42319", false)]
    [InlineData("host 10.80.0.112 and tcp port 80", true)]
    [InlineData("host 10.80.0.112 and tcp port 81", false)]
    [InlineData("port 81 or port 80", true)]
    [InlineData("not port 80", false)]
    [InlineData("not (port 81 or udp)", true)]
    [InlineData("udp and port 80 or tcp", true)]
    [InlineData("udp and (port 80 or tcp)", false)]
    [InlineData("host 2001:db8::1", false)]
    public void Words_mean_what_they_mean_to_tcpdump(string text, bool expected)
    {
        Assert.True(PacketFilter.TryParse(text, out var filter, out _));
        Assert.Equal(expected, filter.Matches(_packet));
    }

    [Theory]
    [InlineData("port", "a port number is missing at the end")]
    [InlineData("port 80x", "'80x' is no port number")]
    [InlineData("port 65536", "'65536' is no port number")]
    [InlineData("host nowhere", "'nowhere' is no address")]
    [InlineData("net 10.0.0.0", "'10.0.0.0' is no prefix; write it as 10.0.0.0/8")]
    [InlineData("(tcp", "')' is missing at the end")]
    [InlineData("tcp )", "')' is not expected here")]
    [InlineData("sctp", "'sctp' is unknown")]
    [InlineData("tcp and", "a condition is missing at the end")]
    public void What_cannot_be_read_is_explained(string text, string expected)
    {
        Assert.False(PacketFilter.TryParse(text, out _, out var error));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        Assert.True(PacketFilter.TryParse("tcp port 80 and net 10.0.0.0/8 or host 2001:db8::1", out var filter, out _));
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(80)];
            random.NextBytes(bytes);
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)(random.Next(2) == 0 ? 0x45 : 0x60);
            }

            filter.Matches(bytes);
        }
    }
}
