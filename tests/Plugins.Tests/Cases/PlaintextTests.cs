using Culvert.Packets;
using Culvert.Plugins.Plaintext;
using Culvert.Stages;
using Culvert.Testing;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Cases;

/// <summary>The stage that says "unencrypted": each datagram is one IP packet, and what comes in as anything else goes no further.</summary>
public sealed class PlaintextTests : IDisposable
{
    private static readonly byte[] _ipv4 = new TcpPacket { Payload = [1, 2, 3] }.ToBytes();
    private static readonly byte[] _ipv6 = new TcpPacket { IsIpv6 = true, Payload = [1, 2, 3] }.ToBytes();

    private readonly StageHarness<PlaintextStage> _harness = StageHarness.Create<PlaintextStage, PlaintextOptions>(new());

    public static TheoryData<string, byte[]> NoPackets => new()
    {
        { "nothing", [] },
        { "one byte", [0x45] },
        { "text", "hello, is anybody there?"u8.ToArray() },
        { "version 5", [0x55, .. _ipv4[1..]] },
        { "an IPv4 header that is cut", _ipv4[..19] },
        { "an IPv6 header that is cut", _ipv6[..39] },
        { "an IPv4 packet that is cut", _ipv4[..^1] },
        { "an IPv6 packet that is cut", _ipv6[..^1] },
    };

    [Theory]
    [MemberData(nameof(NoPackets))]
    public void What_is_no_whole_IP_packet_is_dropped_on_its_way_in(string about, byte[] datagram)
    {
        Assert.NotEmpty(about);
        var result = _harness.Inbound(datagram, _ipv4);
        Assert.Equal(_ipv4, result.Single());
        Assert.Equal(KeyValuePair.Create("not-ip", 1), Assert.Single(result.Drops));
    }

    [Fact]
    public void Packets_pass_as_they_are_both_ways()
    {
        Assert.Equal([_ipv4, _ipv6], _harness.Outbound(_ipv4, _ipv6).Packets);
        Assert.Equal([_ipv4, _ipv6], _harness.Inbound(_ipv4, _ipv6).Packets);
        Assert.Equal(0, _harness.Context.Count("not-ip"));
    }

    /// <summary>Whom a datagram goes to, or came from, is not its business.</summary>
    [Fact]
    public void Endpoints_stay()
    {
        var endpoint = DatagramEndpoint.FromBytes([203, 0, 113, 7], 7000);
        Assert.Equal(endpoint, Assert.Single(_harness.Run(Direction.Outbound, endpoint, _ipv4).Passed).Endpoint);
        Assert.Equal(endpoint, Assert.Single(_harness.Run(Direction.Inbound, endpoint, _ipv4).Passed).Endpoint);
    }

    [Fact]
    public void It_stands_between_packets_and_datagrams_and_costs_nothing()
    {
        Assert.Equal((PacketKind.Ip, PacketKind.Datagram), (_harness.Shape.Above, _harness.Shape.Below));
        Assert.Equal((0, 0, 0), (_harness.Shape.Overhead, _harness.Shape.Headroom, _harness.Shape.Tailroom));
    }

    public void Dispose() => _harness.Dispose();
}
