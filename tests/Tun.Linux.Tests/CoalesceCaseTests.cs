using Culvert.Counters;
using Culvert.Plugins.Tun.Linux;
using Culvert.Testing;
using Culvert.Wire;

namespace Tun.Linux.Tests;

/// <summary>
/// Which packets become one super-packet, as a table of named cases. The groups are written as places: "0+1 2" says that the first two
/// go together and the third alone.
/// </summary>
public sealed class CoalesceCaseTests
{
    private const TcpFlags Push = TcpFlags.Ack | TcpFlags.Psh;

    private static readonly Dictionary<string, (string Groups, byte[][] Packets)> _cases = new()
    {
        ["consecutive"] = ("0+1+2", [Tcp(0), Tcp(1), Tcp(2)]),
        ["consecutive, IPv6"] = ("0+1+2", [Tcp6(0), Tcp6(1), Tcp6(2)]),
        ["a shorter one ends"] = ("0+1 2", [Tcp(0), Tcp(1, size: 60), At(160, 2).Payload(60).Build()]),
        ["a longer one does not join"] = ("0 1", [Tcp(0), Tcp(1, size: 101)]),
        ["PSH joins and ends"] = ("0+1 2+3", [Tcp(0), Tcp(1, flags: Push), Tcp(2), Tcp(3)]),
        ["PSH first"] = ("0 1", [Tcp(0, flags: Push), Tcp(1)]),
        ["a gap"] = ("0 1", [Tcp(0), Tcp(2)]),
        ["the same twice"] = ("0 1", [Tcp(0), Tcp(0)]),
        ["the wrong way round"] = ("0 1", [Tcp(1), Tcp(0)]),
        ["sequence wraps"] = ("0+1", [At(uint.MaxValue - 99, 0).Payload(100).Build(), At(0, 1).Payload(100).Build()]),
        ["pure ACKs"] = ("0 1", [Tcp(0, size: 0), Tcp(0, size: 0)]),
        ["a pure ACK between keeps its place"] = ("0 1 2", [Tcp(0), Tcp(1, size: 0), Tcp(1)]),
        ["SYN"] = ("0 1", [Tcp(0, flags: TcpFlags.Syn), Tcp(1)]),
        ["SYN with data"] = ("0 1", [Tcp(0, flags: TcpFlags.Syn | TcpFlags.Ack), Tcp(1)]),
        ["FIN"] = ("0 1", [Tcp(0), Tcp(1, flags: TcpFlags.Ack | TcpFlags.Fin)]),
        ["RST"] = ("0 1", [Tcp(0), Tcp(1, flags: TcpFlags.Ack | TcpFlags.Rst)]),
        ["URG"] = ("0 1", [Tcp(0), Tcp(1, flags: TcpFlags.Ack | TcpFlags.Urg)]),
        ["ECE"] = ("0 1", [Tcp(0, flags: TcpFlags.Ack | TcpFlags.Ece), Tcp(1, flags: TcpFlags.Ack | TcpFlags.Ece)]),
        ["CWR"] = ("0 1", [Tcp(0, flags: TcpFlags.Ack | TcpFlags.Cwr), Tcp(1)]),
        ["AE"] = ("0 1", [Tcp(0, flags: TcpFlags.Ack | TcpFlags.Ae), Tcp(1, flags: TcpFlags.Ack | TcpFlags.Ae)]),
        ["no ACK"] = ("0 1", [Tcp(0, flags: TcpFlags.None), Tcp(1, flags: TcpFlags.None)]),
        ["an urgent pointer without URG"] = ("0 1", [At(0, 0).Window(9, 1).Payload(100).Build(), At(100, 1).Window(9, 1).Payload(100).Build()]),
        ["another acknowledgment"] = ("0 1", [Tcp(0), At(100, 1, acknowledgment: 8).Payload(100).Build()]),
        ["another window"] = ("0 1", [Tcp(0), At(100, 1).Window(5).Payload(100).Build()]),
        ["equal timestamps"] = ("0+1", [At(0, 0).Timestamps(5, 6).Payload(100).Build(), At(100, 1).Timestamps(5, 6).Payload(100).Build()]),
        ["another timestamp"] = ("0 1", [At(0, 0).Timestamps(5, 6).Payload(100).Build(), At(100, 1).Timestamps(6, 6).Payload(100).Build()]),
        ["options against none"] = ("0 1", [Tcp(0), At(100, 1).Timestamps(5, 6).Payload(100).Build()]),
        ["another TTL"] = ("0 1", [Tcp(0), Tcp4(1).HopLimit(63).Tcp().Sequence(100, 7).Payload(100).Build()]),
        ["another DSCP"] = ("0 1", [Tcp(0), Tcp4(1).TrafficClass(4).Tcp().Sequence(100, 7).Payload(100).Build()]),
        ["congestion experienced"] = ("0 1", [Tcp(0), Tcp4(1).TrafficClass(3).Tcp().Sequence(100, 7).Payload(100).Build()]),
        ["DF against none"] = ("0 1", [Tcp(0), Tcp4(1).DontFragment().Tcp().Sequence(100, 7).Payload(100).Build()]),
        ["another flow label"] = ("0 1", [Tcp6(0), PacketBuilder.Ipv6().FlowLabel(1).Tcp().Sequence(100, 7).Payload(100).Build()]),
        ["another hop limit"] = ("0 1", [Tcp6(0), PacketBuilder.Ipv6().HopLimit(1).Tcp().Sequence(100, 7).Payload(100).Build()]),
        ["another traffic class"] = ("0 1", [Tcp6(0), PacketBuilder.Ipv6().TrafficClass(1).Tcp().Sequence(100, 7).Payload(100).Build()]),
        ["ids jump"] = ("0 1", [Tcp(0), At(100, 5).Payload(100).Build()]),
        ["ids wrap"] = ("0+1", [At(0, 0xFFFF).Payload(100).Build(), At(100, 0).Payload(100).Build()]),
        ["ids stand still, may be fragmented"] = ("0 1", [At(0, 3).Payload(100).Build(), At(100, 3).Payload(100).Build()]),
        ["ids stand still, may not be fragmented"] = ("0+1+2", [Whole(0, 3), Whole(100, 3), Whole(200, 3)]),
        ["ids stand still, then grow"] = ("0+1 2", [Whole(0, 3), Whole(100, 3), Whole(200, 4)]),
        ["ids grow, then stand still"] = ("0+1 2", [Whole(0, 3), Whole(100, 4), Whole(200, 4)]),
        ["IP options"] = ("0 1", [Tcp4(0).IpOptions(1, 1, 1, 0).Tcp().Payload(9).Build(), Tcp4(1).IpOptions(1, 1, 1, 0).Tcp().Payload(9).Build()]),
        ["extension headers"] = ("0 1", [Extended(0), Extended(100)]),
        ["fragments"] = ("0 1", [Tcp4(0).Fragment(0, true).Tcp().Payload(9).Build(), Tcp4(0).Fragment(32, false).Tcp().Payload(9).Build()]),
        ["padding"] = ("0 1", [Tcp(0), At(100, 1).Payload(100).Padding(0).Build()]),
        ["wrong TCP checksum, second"] = ("0 1 2", [Tcp(0), At(100, 1).Payload(100).ChecksumError(1).Build(), Tcp(2)]),
        ["wrong TCP checksum, first"] = ("0 1+2", [At(0, 0).Payload(100).ChecksumError(1).Build(), Tcp(1), Tcp(2)]),
        ["wrong TCP checksum, third"] = ("0+1 2 3", [Tcp(0), Tcp(1), At(200, 2).Payload(100).ChecksumError(0x8000).Build(), Tcp(3)]),
        ["wrong IP checksum"] = ("0 1 2", [Tcp(0), Tcp4(1).IpChecksum(1).Tcp().Sequence(100, 7).Payload(100).Build(), Tcp(2)]),
        ["wrong IP checksum, first"] = ("0 1", [Tcp4(0).IpChecksum(1).Tcp().Sequence(0, 7).Payload(100).Build(), Tcp(1)]),
        ["two flows in turn"] = ("0+2 1+3", [Tcp(0), Tcp(0, port: 2), Tcp(1), Tcp(1, port: 2)]),
        ["both families in turn"] = ("0+2 1+3", [Tcp(0), Tcp6(0), Tcp(1), Tcp6(1)]),
        ["there and back"] = ("0 1", [Tcp(0), PacketBuilder.Ipv4("10.0.0.2", "10.0.0.1").Identification(1).Tcp(443, 40000).Sequence(100, 7).Payload(100).Build()]),
        ["a ping between"] = ("0+2 1", [Tcp(0), PacketBuilder.Ipv4().Icmp(8).Build(), Tcp(1)]),
        ["rubbish between"] = ("0+4 1 2 3", [Tcp(0), [], [0x45], [0xFF, 1, 2, 3], Tcp(1)]),
        ["the next batch of a flow whose group ended"] = ("0+1 2+3 4", [Tcp(0), Tcp(1, flags: Push), Tcp(2), Tcp(3, flags: Push), Tcp(4)]),
        ["UDP"] = ("0+1+2", [Udp(0), Udp(1), Udp(2)]),
        ["UDP over IPv6"] = ("0+1", [PacketBuilder.Ipv6().Udp().Payload(9).Build(), PacketBuilder.Ipv6().Udp().Payload(9).Build()]),
        ["UDP, a shorter one ends"] = ("0+1 2", [Udp(0), Udp(1, 99), Udp(2, 99)]),
        ["UDP, a longer one does not join"] = ("0 1", [Udp(0), Udp(1, 101)]),
        ["UDP without payload"] = ("0 1", [Udp(0, 0), Udp(1, 0)]),
        ["UDP without checksum"] = ("0 1", [Udp4(0).Checksum(0).Payload(9).Build(), Udp4(1).Checksum(0).Payload(9).Build()]),
        ["UDP, wrong checksum"] = ("0 1", [Udp(0), Udp4(1).Payload(100).ChecksumError(3).Build()]),
        ["UDP, length shorter than the packet"] = ("0 1", [Udp4(0).UdpLength(60).Payload(100).Build(), Udp4(1).UdpLength(60).Payload(100).Build()]),
        ["UDP and TCP of the same ports"] = ("0 1", [PacketBuilder.Ipv4().Udp(5, 6).Payload(9).Build(), PacketBuilder.Ipv4().Identification(1).Tcp(5, 6).Payload(9).Build()]),
    };

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case(string name)
    {
        var (groups, packets) = _cases[name];
        Assert.Equal(groups, new Coalescing().Sort(packets));
    }

    [Fact]
    public void A_protocol_whose_offload_is_off_goes_singly()
    {
        byte[][] packets = [Tcp(0), Tcp(1), Udp(0), Udp(1)];
        var coalescing = new Coalescing();
        Assert.Equal("0+1 2 3", coalescing.Sort(packets, new TunOffload(Tcp: true, Udp: false)));
        Assert.Equal("0 1 2+3", coalescing.Sort(packets, new TunOffload(Tcp: false, Udp: true)));
        Assert.Equal("0 1 2 3", coalescing.Sort(packets, default(TunOffload)));
    }

    [Fact]
    public void A_super_packet_is_limited_by_the_length_field()
    {
        var packets = Enumerable.Range(0, 50).Select(i => Tcp(i, size: 1400)).ToArray();
        var coalescing = new Coalescing();
        coalescing.Sort(packets);
        // 20 + 20 + 46 × 1400 = 64,440; one more would be 65,840.
        Assert.Equal([46, 4], coalescing.Groups.Select(group => group.Length));
    }

    [Fact]
    public void A_super_packet_holds_64_datagrams()
    {
        var coalescing = new Coalescing();
        coalescing.Sort([.. Enumerable.Range(0, 70).Select(i => Udp(i))]);
        Assert.Equal([64, 6], coalescing.Groups.Select(group => group.Length));
    }

    [Fact]
    public void A_dropped_packet_is_in_no_group()
    {
        var batch = new Coalescing().Fill([Tcp(0), Tcp(1), Tcp(2)]);
        batch[1].Drop(new CounterSet().DropReason("test", "Packets that the test drops."));
        var coalescer = new FlowCoalescer();
        coalescer.Sort(batch, Coalescing.Everything);
        Assert.Equal([0, 2], coalescer.Groups.ToArray().Select(group => group.First));
    }

    private static byte[] Tcp(int place, int size = 100, TcpFlags flags = TcpFlags.Ack, ushort port = 443) =>
        Tcp4((ushort)place).Tcp(destinationPort: port, flags: flags).Sequence((uint)(place * (size is 1400 ? size : 100)), 7).Payload(size).Build();

    private static byte[] Tcp6(int place) => PacketBuilder.Ipv6().Tcp().Sequence((uint)place * 100, 7).Payload(100).Build();

    private static PacketBuilder Tcp4(ushort id) => PacketBuilder.Ipv4().Identification(id);

    private static PacketBuilder At(uint sequence, ushort id, uint acknowledgment = 7) =>
        Tcp4(id).Tcp().Sequence(sequence, acknowledgment);

    private static byte[] Whole(uint sequence, ushort id) => Tcp4(id).DontFragment().Tcp().Sequence(sequence, 7).Payload(100).Build();

    private static byte[] Extended(uint sequence) =>
        PacketBuilder.Ipv6().DestinationOptions(1, 4, 0, 0, 0, 0).Tcp().Sequence(sequence, 7).Payload(100).Build();

    private static PacketBuilder Udp4(int place) => PacketBuilder.Ipv4().Identification((ushort)place).Udp();

    private static byte[] Udp(int place, int size = 100) => Udp4(place).Payload(size).Build();
}
