using System.Buffers.Binary;
using Culvert.Plugins.Tun.Linux;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Testing;
using Culvert.Wire;

namespace Tun.Linux.Tests;

/// <summary>Row A9 of the packet cases: a checksum that is only partial is completed before any stage sees the packet.</summary>
public sealed class PartialChecksumTests
{
    public static TheoryData<string, byte[], int, int> Packets => new()
    {
        { "tcp4", PacketBuilder.Ipv4().Tcp().Payload(777).Build(), 20, 16 },
        { "tcp6", PacketBuilder.Ipv6().Tcp().Mss(1440).Payload(0).Build(), 40, 16 },
        { "udp4", PacketBuilder.Ipv4().Udp().Payload(1).Build(), 20, 6 },
        { "udp6", PacketBuilder.Ipv6().Udp().Payload(512).Build(), 40, 6 },
        { "icmpv6", PacketBuilder.Ipv6().Icmp(128).Payload(56).Build(), 40, 2 },
    };

    [Theory]
    [MemberData(nameof(Packets))]
    public void The_updated_checksum_equals_a_full_computation(string name, byte[] whole, int start, int offset)
    {
        var packet = whole.ToArray();
        IpView.TryParse(packet, out var ip);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(start + offset), InternetChecksum.Fold(ip.PseudoHeaderSum()));
        Assert.NotEqual(whole, packet);

        Assert.True(PartialChecksum.TryComplete(Header(start, offset), packet), name);
        Assert.Equal(Convert.ToHexString(whole), Convert.ToHexString(packet));
    }

    [Fact]
    public void A_udp_checksum_that_comes_out_as_zero_is_sent_as_ffff()
    {
        // Two bytes of payload chosen so that the sum of everything is 0xFFFF: computed 0, sent 0xFFFF.
        var packet = PacketBuilder.Ipv4().Udp().Payload(0, 0).Build();
        IpView.TryParse(packet, out var ip);
        packet[26] = packet[27] = 0;
        var rest = InternetChecksum.Fold(InternetChecksum.Sum(ip.Transport, ip.PseudoHeaderSum()));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(28), (ushort)~rest);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), InternetChecksum.Fold(ip.PseudoHeaderSum()));

        Assert.True(PartialChecksum.TryComplete(Header(20, 6), packet));
        Assert.Equal(0xFFFF, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)));
    }

    [Fact]
    public void Without_the_flag_a_packet_stays_as_it_is_a_wrong_checksum_too()
    {
        var packet = PacketBuilder.Ipv4().Tcp().Payload(10).ChecksumError(1).Build();
        var before = packet.ToArray();
        Assert.True(PartialChecksum.TryComplete(Header(20, 16) with { flags = 0 }, packet));
        Assert.Equal(before, packet);
    }

    [Fact]
    public void A_header_that_points_outside_is_refused_and_nothing_is_written()
    {
        var packet = PacketBuilder.Ipv4().Udp().Build();
        var before = packet.ToArray();
        for (var start = 0; start < 70; start++)
        {
            var inside = start + 6 + 2 <= packet.Length;
            var copy = before.ToArray();
            Assert.Equal(inside, PartialChecksum.TryComplete(Header(start, 6), copy));
            Assert.True(inside || copy.AsSpan().SequenceEqual(before));
        }

        Assert.False(PartialChecksum.TryComplete(Header(ushort.MaxValue, ushort.MaxValue), packet));
    }

    private static VirtioNet.Header Header(int start, int offset) => new()
    {
        flags = VirtioNet.VIRTIO_NET_HDR_F_NEEDS_CSUM,
        csum_start = (ushort)start,
        csum_offset = (ushort)offset,
    };
}
