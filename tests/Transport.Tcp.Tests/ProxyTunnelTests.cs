using System.Text;
using Culvert.Plugins.Transport.Tcp;

namespace Transport.Tcp.Tests;

public sealed class ProxyTunnelTests
{
    [Fact]
    public void The_request_names_the_target_twice() => Assert.Equal(
        "CONNECT [2001:db8::7]:443 HTTP/1.1\r\nHost: [2001:db8::7]:443\r\n\r\n",
        Encoding.ASCII.GetString(ProxyTunnel.Request(TcpEnd.Host("[2001:db8::7]:443"))));

    [Theory]
    [InlineData("HTTP/1.1 200 Connection established\r\n\r\n", true, null)]
    [InlineData("HTTP/1.0 204\r\nVia: x\r\n\r\n", true, null)]
    [InlineData("HTTP/1.1 200 Connection established\r\n", false, null)]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n", true, "it answered 407")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", true, "it does not speak HTTP/1.1")]
    [InlineData("HTTP/1.1 20\u001b\r\n\r\n", true, "it does not speak HTTP/1.1")]
    [InlineData("\r\n\r\n", true, "it does not speak HTTP/1.1")]
    public void The_response_is_judged_by_its_first_line(string text, bool isComplete, string? error)
    {
        Assert.Equal(isComplete, ProxyTunnel.TryRead(Encoding.Latin1.GetBytes(text), out var length, out var found));
        Assert.Equal((isComplete ? text.Length : 0, error), (length, found));
    }

    [Fact]
    public void A_response_without_an_end_is_refused() =>
        Assert.True(ProxyTunnel.TryRead(new byte[ProxyTunnel.MaxResponse], out _, out var error) && error!.Contains("no end", StringComparison.Ordinal));
}
