using System.Buffers.Binary;
using Culvert.Plugins.Tun.Linux;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Testing;
using Culvert.Wire;

namespace Tun.Linux.Tests;

/// <summary>
/// Splitting, against a twin that does not split: each packet that a super-packet stands for is built by itself from what it should hold.
/// </summary>
public sealed class SuperPacketTests
{
    private const uint Sequence = 0xFFFF_F000;
    private const ushort Identification = 0xFFFE;

    public static TheoryData<string> Kinds =>
    [
        "tcp4", "tcp4 timestamps", "tcp4 ip options", "tcp4 push fin", "tcp4 cwr", "tcp6", "tcp6 destination options", "udp4", "udp6",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_packet_is_as_if_it_had_been_built_alone(string kind)
    {
        foreach (var (length, share) in Sizes())
        {
            var payload = Payload(length);
            var super = Build(kind, payload, 0, 0, isFirst: true, isLast: true);
            SpoilChecksum(super, kind);
            Assert.True(SuperPacket.TryParse(Header(kind, share), super, out var map));
            Assert.Equal((length + share - 1) / share, map.Count);

            var written = new byte[map.LargestPacket];
            for (var i = 0; i < map.Count; i++)
            {
                var done = i * share;
                var part = payload[done..Math.Min(length, done + share)];
                var expected = Build(kind, part, i, done, isFirst: i == 0, isLast: i == map.Count - 1);
                var size = map.Write(super, i, written);
                Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(written, 0, size));
            }
        }
    }

    [Theory]
    [InlineData("tcp4", VirtioNet.VIRTIO_NET_HDR_GSO_TCPV6, 1000)]
    [InlineData("tcp6", VirtioNet.VIRTIO_NET_HDR_GSO_TCPV4, 1000)]
    [InlineData("udp4", VirtioNet.VIRTIO_NET_HDR_GSO_TCPV4, 1000)]
    [InlineData("tcp4", VirtioNet.VIRTIO_NET_HDR_GSO_UDP_L4, 1000)]
    [InlineData("udp4", 3, 1000)] // UDP fragmentation, which is never asked for
    [InlineData("tcp4", VirtioNet.VIRTIO_NET_HDR_GSO_TCPV4, 0)]
    public void A_header_that_contradicts_the_packet_is_refused(string kind, byte type, ushort share)
    {
        var header = Header(kind, share) with { gso_type = type };
        Assert.False(SuperPacket.TryParse(header, Build(kind, Payload(3000), 0, 0, true, true), out _));
    }

    [Fact]
    public void The_ecn_bit_beside_the_type_changes_nothing()
    {
        var header = Header("tcp4 cwr", 1000);
        header.gso_type |= VirtioNet.VIRTIO_NET_HDR_GSO_ECN;
        Assert.True(SuperPacket.TryParse(header, Build("tcp4 cwr", Payload(3000), 0, 0, true, true), out var map));
        Assert.Equal(3, map.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_packet_cut_anywhere_is_refused(string kind)
    {
        var whole = Build(kind, Payload(200), 0, 0, true, true);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(SuperPacket.TryParse(Header(kind, 100), whole.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void A_super_packet_without_payload_and_a_fragment_are_refused()
    {
        Assert.False(SuperPacket.TryParse(Header("tcp4", 100), Build("tcp4", [], 0, 0, true, true), out _));
        var fragment = PacketBuilder.Ipv4().Fragment(0, more: true).Tcp().Payload(500).Build();
        Assert.False(SuperPacket.TryParse(Header("tcp4", 100), fragment, out _));
    }

    /// <summary>The kind of routing header says where the packet ends; of an unknown one only the sender's partial checksum knows.</summary>
    [Theory]
    [InlineData(3)] // RPL, RFC 6554
    [InlineData(77)]
    public void Behind_an_unknown_routing_header_the_partial_checksum_has_the_addresses(byte type)
    {
        var payload = Payload(3000);
        byte[] Packet(byte[] part, int done) => PacketBuilder.Ipv6().Routing(type, 1, "2001:db8::7").Tcp().Sequence(Sequence + (uint)done, 77).Payload(part).Build();
        void Complete(byte[] packet, int start, ushort partial)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(start + 16), partial);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(start + 16), InternetChecksum.Compute(packet.AsSpan(start)));
        }

        // What the sender knows and nobody else: the address at the end of the route.
        static ushort Partial(int length) => InternetChecksum.Fold(InternetChecksum.PseudoHeader(new byte[16], [.. Enumerable.Repeat((byte)0x7E, 16)], IpProtocol.Tcp, length));
        var super = Packet(payload, 0);
        var start = super.Length - 3000 - 20;
        BinaryPrimitives.WriteUInt16BigEndian(super.AsSpan(start + 16), Partial(3020));
        var header = Header("tcp6", 1000) with { csum_start = (ushort)start, csum_offset = 16 };
        Assert.True(SuperPacket.TryParse(header, super, out var map));
        var written = new byte[map.LargestPacket];
        for (var i = 0; i < 3; i++)
        {
            var expected = Packet(payload[(i * 1000)..((i + 1) * 1000)], i * 1000);
            Complete(expected, start, Partial(1020));
            Assert.Equal(expected.Length, map.Write(super, i, written));
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(written));
        }

        Assert.False(SuperPacket.TryParse(header with { flags = 0 }, super, out _));
        Assert.False(SuperPacket.TryParse(header with { csum_start = (ushort)(start + 2) }, super, out _));
    }

    [Fact]
    public void Splitting_allocates_nothing()
    {
        var super = Build("tcp4 timestamps", Payload(60000), 0, 0, true, true);
        var written = new byte[1500];
        var header = Header("tcp4", 1400);
        var before = 0L;
        for (var round = 0; round < 20; round++)
        {
            before = round == 10 ? GC.GetAllocatedBytesForCurrentThread() : before;
            SuperPacket.TryParse(header, super, out var map);
            for (var i = 0; i < map.Count; i++)
            {
                map.Write(super, i, written);
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static IEnumerable<(int Length, int Share)> Sizes()
    {
        (int, int)[] named = [(1, 1), (1, 1000), (1000, 1000), (1001, 1000), (2000, 1000), (37, 1), (65000, 1368), (65000, 64999)];
        var random = new Random(42);
        return named.Concat(Enumerable.Range(0, 30).Select(_ => (random.Next(1, 20000), random.Next(100, 3000))));
    }

    private static byte[] Payload(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        return payload;
    }

    private static VirtioNet.Header Header(string kind, int share) => new()
    {
        flags = VirtioNet.VIRTIO_NET_HDR_F_NEEDS_CSUM,
        gso_type = kind[..4] switch
        {
            "tcp4" => VirtioNet.VIRTIO_NET_HDR_GSO_TCPV4,
            "tcp6" => VirtioNet.VIRTIO_NET_HDR_GSO_TCPV6,
            _ => VirtioNet.VIRTIO_NET_HDR_GSO_UDP_L4,
        },
        hdr_len = 9999, // The kernel's hint is often too long: it is not used.
        gso_size = (ushort)share,
    };

    private static void SpoilChecksum(byte[] super, string kind)
    {
        IpView.TryParse(super, out var ip);
        ip.Transport[kind.StartsWith("tcp", StringComparison.Ordinal) ? TcpView.ChecksumOffset : UdpView.ChecksumOffset] ^= 0x5A;
    }

    private static byte[] Build(string kind, byte[] payload, int index, int done, bool isFirst, bool isLast)
    {
        var id = (ushort)(Identification + index);
        var sequence = Sequence + (uint)done;
        var last = isLast ? TcpFlags.Psh | TcpFlags.Fin : TcpFlags.None;
        var first = isFirst ? TcpFlags.Cwr : TcpFlags.None;
        var v4 = PacketBuilder.Ipv4().Identification(id).DontFragment().TrafficClass(0x12).HopLimit(9);
        var v6 = PacketBuilder.Ipv6().FlowLabel(0xABCDE).TrafficClass(0x12).HopLimit(9);
        var builder = kind switch
        {
            "tcp4" => v4.Tcp().Sequence(sequence, 77),
            "tcp4 timestamps" => v4.Tcp().Sequence(sequence, 77).Nop().Nop().Timestamps(5, 6),
            "tcp4 ip options" => v4.IpOptions(1, 1, 1, 0).Tcp().Sequence(sequence, 77),
            "tcp4 push fin" => v4.Tcp(flags: TcpFlags.Ack | last).Sequence(sequence, 77),
            "tcp4 cwr" => v4.Tcp(flags: TcpFlags.Ack | TcpFlags.Ece | first).Sequence(sequence, 77),
            "tcp6" => v6.Tcp().Sequence(sequence, 77),
            "tcp6 destination options" => v6.DestinationOptions(1, 4, 0, 0, 0, 0).Tcp().Sequence(sequence, 77),
            "udp4" => v4.Udp(),
            "udp6" => v6.Udp(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return builder.Payload(payload).Build();
    }
}
