using System.Net;
using Culvert.Counters;
using Culvert.Engine.Control;
using Culvert.Packets;
using Culvert.Testing;

namespace Tools.Tests.Output;

/// <summary>A reason for drops keeps an example, which shows addresses and nothing of the content.</summary>
public sealed class DropExampleTests : IDisposable
{
    private readonly CounterSet _counters = new();
    private readonly TestStageContext _context = new();

    public void Dispose() => _context.Dispose();

    [Fact]
    public void An_IP_packet_shows_its_flow()
    {
        byte[] packet = [0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 10, 1, 2, 3, 10, 2, 0, 1, 0, 53, 0, 99, 0, 12, 0, 0, 1, 2, 3, 4];
        Assert.Equal("udp 10.1.2.3:53 > 10.2.0.1:99, 32 bytes", Drop(packet, default));
    }

    [Fact]
    public void A_datagram_shows_where_it_came_from() => Assert.Equal(
        "datagram of 192.0.2.1:51820, 148 bytes", Drop(new byte[148], DatagramEndpoint.From(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 51820))));

    [Fact]
    public void A_flood_renews_the_example_once_a_second()
    {
        Assert.Equal("no IP packet, 1 bytes", Drop(new byte[1], default));
        Assert.Equal("no IP packet, 1 bytes", Drop(new byte[2], default));
    }

    [Fact]
    public void Without_a_drop_there_is_none()
    {
        _counters.DropReason("never", "Packets that never come.");
        Assert.Null(DropExample.Write(_counters.All[0]));
    }

    private string? Drop(byte[] bytes, DatagramEndpoint endpoint)
    {
        var reason = _counters.DropReason("odd", "Packets that are odd.");
        new TestBatch(_context, Direction.Inbound).Add(bytes, endpoint).Batch[0].Drop(reason);
        return (string?)DropExample.Write(_counters.All[0])!["packet"];
    }
}
