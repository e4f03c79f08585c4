using Culvert.Engine.Running.Shadows;
using Culvert.Packets;
using Culvert.Testing;

namespace Engine.Tests.Running.Shadows;

public class FlowSampleTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void About_that_share_of_flows_is_taken(double share)
    {
        var sample = new FlowSample(share, isIp: true);
        var taken = Enumerable.Range(1, 20_000).Count(port => Takes(sample, Udp("10.0.0.1", port, "10.0.0.2", 53)));
        Assert.InRange(taken / 20_000.0, share - 0.02, share + 0.02);
    }

    [Fact]
    public void Both_directions_of_a_flow_are_taken_or_neither()
    {
        var sample = new FlowSample(0.5, isIp: true);
        Assert.All(Enumerable.Range(1, 1000), port =>
        {
            Assert.Equal(Takes(sample, Udp("10.0.0.1", port, "10.0.0.2", 53)), Takes(sample, Udp("10.0.0.2", 53, "10.0.0.1", port)));
            Assert.Equal(
                Takes(sample, PacketBuilder.Ipv6("fd99::1", "fd99::2").Tcp((ushort)port, 443).Build()),
                Takes(sample, PacketBuilder.Ipv6("fd99::2", "fd99::1").Tcp(443, (ushort)port).Payload(9).Build()));
        });
    }

    [Fact]
    public void Datagrams_go_by_their_endpoint_and_anything_may_come()
    {
        var sample = new FlowSample(0.5, isIp: false);
        var taken = Enumerable.Range(1, 1000).Count(port => sample.Takes(Slot([1, 2, 3], DatagramEndpoint.From(System.Net.IPEndPoint.Parse($"192.0.2.1:{port}")))));
        Assert.InRange(taken, 400, 600);
        Assert.True(new FlowSample(1, isIp: true).Takes(Slot([])));
        Assert.False(new FlowSample(0, isIp: true).Takes(Slot([])));
        _ = new FlowSample(0.5, isIp: true).Takes(Slot([0x45]));
    }

    private static byte[] Udp(string from, int fromPort, string to, int toPort) => PacketBuilder.Ipv4(from, to).Udp((ushort)fromPort, (ushort)toPort).Build();

    private static bool Takes(FlowSample sample, byte[] packet) => sample.Takes(Slot(packet));

    private static PacketSlot Slot(byte[] bytes, DatagramEndpoint endpoint = default) =>
        new() { Buffer = bytes, Length = bytes.Length, Ceiling = bytes.Length, Endpoint = endpoint };
}
