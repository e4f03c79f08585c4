using System.Net;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>An endpoint that is reached through the tunnel itself: its datagrams come back from the host.</summary>
public sealed class LoopTests
{
    [Fact]
    public void A_datagram_that_comes_back_is_dropped_and_named()
    {
        using var pair = new TunnelPair(left: options => options with { Peers = [options.Peers[0] with { AllowedIps = [IPNetwork.Parse("0.0.0.0/0")] }] });
        pair.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2"));
        var initiation = Assert.Single(pair.Left.Serve());
        Assert.Empty(pair.Left.Send(Back(initiation)));

        pair.Settle((pair.Left, initiation));
        var data = Assert.Single(pair.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2")));
        Assert.Empty(pair.Left.Send(Back(data)));
        Assert.Equal(2, pair.Left.Context.Count("own-datagram"));
        var line = Assert.Single(pair.Left.Context.Log.Lines, line => line.Contains("come back from the host's side of the tunnel", StringComparison.Ordinal));
        Assert.Contains("192.0.2.2:51820", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_inside_the_tunnel_passes()
    {
        using var outer = new TunnelPair().Connect();
        using var inner = new TunnelPair();
        inner.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2"));
        var initiation = Assert.Single(inner.Left.Serve());
        var packet = PacketBuilder.Ipv4("10.0.0.1", "10.0.0.2").Udp(51820, 51820).Payload(initiation.Bytes).Build();
        outer.Send(outer.Left, packet);
        Assert.Equal(packet, outer.Right.Delivered[^1]);
    }

    internal static byte[] Back(EmittedPacket datagram) =>
        PacketBuilder.Ipv4("192.0.2.1", "192.0.2.2").Udp(51820, 51820).Payload(datagram.Bytes).Build();
}
