using Culvert.Plugins.Tun.Linux;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Testing;

namespace Tun.Linux.Tests;

/// <summary>What the sink writes, byte for byte, and what it does when the kernel does not take it.</summary>
public sealed class TunSinkTests
{
    private readonly Writer _writer = new();
    private readonly TestStageContext _context = new();
    private OffloadInForce? _inForce;

    [Fact]
    public void A_group_is_one_write_that_splits_back_into_its_packets()
    {
        byte[][] packets = [Tcp(0), Tcp(1), Tcp(2)];
        Write(packets);
        var written = Assert.Single(_writer.Written);
        Assert.True(SuperPacket.TryParse(written.Header, written.Packet, out var map));
        var packet = new byte[2000];
        Assert.Equal(packets.Length, map.Count);
        for (var i = 0; i < map.Count; i++)
        {
            Assert.Equal(packets[i], packet[..map.Write(written.Packet, i, packet)]);
        }

        Assert.Equal((1, 3), (_context.Count("super-packets"), _context.Count("coalesced")));
    }

    [Fact]
    public void A_single_packet_goes_as_it_is_a_wrong_checksum_too()
    {
        byte[][] packets = [PacketBuilder.Ipv4().Tcp().Payload(10).ChecksumError(7).Build(), [], [0xFF], PacketBuilder.Ipv6().Udp().Build()];
        Write(packets);
        Assert.Equal(packets, _writer.Written.Select(written => written.Packet));
        Assert.All(_writer.Written, written => Assert.Equal(default, written.Header));
        Assert.Equal(0, _context.Count("super-packets"));
    }

    [Fact]
    public void Without_offload_every_packet_goes_singly()
    {
        byte[][] packets = [Tcp(0), Tcp(1), Udp(0), Udp(1)];
        Write(packets, default(TunOffload));
        Assert.Equal(packets, _writer.Written.Select(written => written.Packet));
    }

    [Fact]
    public void An_unsupported_kind_is_sent_singly_from_then_on_and_logged_once()
    {
        _writer.Refuse = header => header.gso_type == VirtioNet.VIRTIO_NET_HDR_GSO_UDP_L4 ? Errno.EINVAL : 0;
        byte[][] packets = [Udp(0), Udp(1), Tcp(0), Udp(2), Tcp(1)];
        var sink = Sink(Coalescing.Everything);
        sink.Write(new Coalescing().Fill(packets));
        Assert.Equal(4, _writer.Written.Count);
        Assert.Equal([packets[0], packets[1], packets[3]], _writer.Written.Take(3).Select(written => written.Packet));
        Assert.Equal(VirtioNet.VIRTIO_NET_HDR_GSO_TCPV4, _writer.Written[3].Header.gso_type);

        sink.Write(new Coalescing().Fill(packets));
        Assert.Equal(8, _writer.Written.Count);
        Assert.Single(_context.Log.Lines);
        Assert.Equal(2, _context.Count("super-packets"));
    }

    [Fact]
    public void A_refusal_holds_for_all_lanes_at_once_is_said_once_and_shown()
    {
        var tried = 0;
        _writer.Refuse = header => header.gso_type == VirtioNet.VIRTIO_NET_HDR_GSO_NONE ? 0 : ++tried > 0 ? Errno.EINVAL : 0;
        byte[][] packets = [Tcp(0), Tcp(1), .. Enumerable.Range(0, 3).SelectMany(port => new[] { Flow(port, 0), Flow(port, 1) })];
        var sink = Sink(Coalescing.Everything);
        var other = new TunSink(_writer, _inForce!, new TunCounters(_context.Counters), _context.Log);
        sink.Write(new Coalescing().Fill(packets));
        other.Write(new Coalescing().Fill(packets));
        Assert.Equal(1, tried);
        Assert.Single(_context.Log.Lines);
        Assert.Equal("udp", _inForce!.Current.ToString());
        Assert.Equal(2 * packets.Length, _writer.Written.Count);
    }

    [Theory]
    [InlineData(Errno.EIO, "device-down")]
    [InlineData(Errno.EBADFD, "device-down")]
    [InlineData(Errno.EAGAIN, "refused")]
    [InlineData(Errno.EINVAL, "refused")]
    public void What_is_not_taken_is_dropped_under_its_reason(int error, string counter)
    {
        _writer.Refuse = _ => error;
        var batch = new Coalescing().Fill([Tcp(0), Tcp(1), PacketBuilder.Ipv4().Icmp(8).Build()]);
        Sink(Coalescing.Everything).Write(batch);
        Assert.Equal(3, _context.Count(counter));
        Assert.True(batch.IsEmpty);
    }

    private static byte[] Tcp(int place) => PacketBuilder.Ipv4().Identification((ushort)place).DontFragment()
        .Tcp().Sequence((uint)place * 100, 7).Payload(100).Build();

    private static byte[] Flow(int port, int place) => PacketBuilder.Ipv4().Identification((ushort)place).DontFragment()
        .Tcp((ushort)(port + 1), 9).Sequence((uint)place * 100, 7).Payload(100).Build();

    private static byte[] Udp(int place) => PacketBuilder.Ipv4().Identification((ushort)place).Udp().Payload(100).Build();

    private void Write(byte[][] packets, TunOffload? offload = null) =>
        Sink(offload ?? Coalescing.Everything).Write(new Coalescing().Fill(packets));

    private TunSink Sink(TunOffload offload) => new(_writer, _inForce = new OffloadInForce(offload), new TunCounters(_context.Counters), _context.Log);

    private sealed unsafe class Writer : IPacketWriter
    {
        public List<(VirtioNet.Header Header, byte[] Packet)> Written { get; } = [];

        public Func<VirtioNet.Header, int> Refuse { get; set; } = _ => 0;

        public string Device => "tun-test";

        public int Write(Uio.IoVec* parts, int count)
        {
            var header = *(VirtioNet.Header*)parts[0].iov_base;
            Assert.Equal((nuint)VirtioNet.Header.Size, parts[0].iov_len);
            var error = Refuse(header);
            if (error != 0)
            {
                return error;
            }

            var packet = new List<byte>();
            for (var i = 1; i < count; i++)
            {
                packet.AddRange(new ReadOnlySpan<byte>(parts[i].iov_base, (int)parts[i].iov_len));
            }

            Written.Add((header, [.. packet]));
            return 0;
        }
    }
}
