using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>The page of a running pipeline, as a browser of the machine gets it, and a client elsewhere does not.</summary>
public sealed class PageTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void The_page_is_for_clients_on_loopback()
    {
        using var sites = TwoSites.Start(settings: "metrics: 0.0.0.0:9100");
        var page = Get(sites, IPAddress.Loopback, "/");
        Assert.StartsWith("HTTP/1.1 200 ", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
        var json = JsonNode.Parse(Get(sites, IPAddress.Loopback, "/page.json").Split("\r\n\r\n", 2)[1])!;
        Assert.Equal(["tun", "mss-clamp", "checksum-guard", "encrypt", "udp"], json["stages"]!.AsArray().Select(stage => stage!["id"]!.ToString()));
        Assert.Equal("1500 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1440", json["stages"]![0]!["derivation"]!.ToString());
        Assert.Equal("1 peer: 1 up", json["peers"]!["sum"]!.ToString());

        // The client's address is the device's, too.
        var elsewhere = IPAddress.Parse(TwoSites.LeftAddress);
        Assert.StartsWith("HTTP/1.1 403 ", Get(sites, elsewhere, "/"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", Get(sites, elsewhere, "/page.json"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", Get(sites, elsewhere, "/metrics"), StringComparison.Ordinal);
    }

    private static string Get(TwoSites sites, IPAddress address, string path)
    {
        using var socket = sites.LeftSpace.Invoke(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.ReceiveTimeout = (int)_limit.TotalMilliseconds;
        socket.Connect(new IPEndPoint(address, 9100));
        socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address}:9100\r\n\r\n"));
        using var reader = new StreamReader(new NetworkStream(socket));
        return reader.ReadToEnd();
    }
}
