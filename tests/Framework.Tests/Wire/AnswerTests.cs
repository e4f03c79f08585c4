using Culvert.Testing;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>ICMP errors and TCP resets as answers: their bytes, and who gets none.</summary>
public sealed class AnswerTests
{
    public static TheoryData<string, int, int, uint, int, int, uint> Errors => new()
    {
        { nameof(IcmpError.AdministrativelyProhibited), 3, 13, 0, 1, 1, 0 },
        { nameof(IcmpError.NetworkUnreachable), 3, 0, 0, 1, 0, 0 },
        { nameof(IcmpError.HostUnreachable), 3, 1, 0, 1, 3, 0 },
        { nameof(IcmpError.PortUnreachable), 3, 3, 0, 1, 4, 0 },
        { nameof(IcmpError.HopLimitExceeded), 11, 0, 0, 3, 0, 0 },
        { nameof(IcmpError.PacketTooBig), 3, 4, 1420, 2, 0, 1420 },
    };

    public static TheoryData<string, byte[]> Unanswered => new()
    {
        { "an ICMP error", PacketBuilder.Ipv4().Icmp(3, 1).Payload(60).Build() },
        { "an ICMP redirect", PacketBuilder.Ipv4().Icmp(5).Payload(60).Build() },
        { "an ICMP message without a type", PacketBuilder.Ipv4().Protocol(IpProtocol.Icmp).Build() },
        { "an ICMPv6 error", PacketBuilder.Ipv6().Icmp(1).Payload(60).Build() },
        { "an ICMPv6 error behind an extension header", PacketBuilder.Ipv6().HopByHop().Icmp(1).Payload(60).Build() },
        { "an ICMPv6 redirect", PacketBuilder.Ipv6().Icmp(137).Payload(60).Build() },
        { "a broken chain", PacketBuilder.Ipv6().HopByHop().Udp().Build()[..44] },
        { "a later fragment", PacketBuilder.Ipv4().Fragment(1480, more: true).Udp().Payload(60).Build() },
        { "a later IPv6 fragment", PacketBuilder.Ipv6().FragmentHeader(1480, more: true).Udp().Payload(60).Build() },
        { "to multicast", PacketBuilder.Ipv4("10.0.0.1", "224.0.0.5").Tcp().Build() },
        { "to broadcast", PacketBuilder.Ipv4("10.0.0.1", "255.255.255.255").Tcp().Build() },
        { "from multicast", PacketBuilder.Ipv4("239.1.1.1").Tcp().Build() },
        { "from nowhere", PacketBuilder.Ipv4("0.0.0.0").Tcp().Build() },
        { "from loopback", PacketBuilder.Ipv4("127.0.0.1").Tcp().Build() },
        { "to multicast, IPv6", PacketBuilder.Ipv6("fd99::1", "ff02::1").Tcp().Build() },
        { "from nowhere, IPv6", PacketBuilder.Ipv6("::").Tcp().Build() },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_error_quotes_the_packet(string name, int type, int code, uint body, int typeV6, int codeV6, uint bodyV6)
    {
        var error = name == nameof(IcmpError.PacketTooBig)
            ? IcmpError.PacketTooBig(1420)
            : (IcmpError)typeof(IcmpError).GetProperty(name)!.GetValue(null)!;
        foreach (var (packet, header, expected) in new[]
        {
            (PacketBuilder.Ipv4("192.0.2.1", "192.0.2.2").Udp().Payload(100).Build(), 20, (type, code, body)),
            (PacketBuilder.Ipv6().Udp().Payload(100).Build(), 40, (typeV6, codeV6, bodyV6)),
        })
        {
            var ip = Answer(packet, error);
            Assert.Equal(expected, (ip.Transport[0], ip.Transport[1], System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(ip.Transport[4..])));
            Assert.Equal(packet, ip.Transport[8..].ToArray());
            Assert.Equal(header, ip.TransportOffset);
            Assert.Equal(0, SlowChecksums.Header(ip.Packet));
            Assert.Equal(0, SlowChecksums.Transport(ip.Packet, header, ip.Protocol));
            Assert.True(IpView.TryParse(packet, out var cause));
            Assert.Equal((cause.DestinationAddress, cause.SourceAddress), (ip.SourceAddress, ip.DestinationAddress));
        }
    }

    [Theory(DisplayName = "RFC 1812 §4.3.2.3, RFC 4443 §2.4 c: as much as fits 576 and 1280 bytes is quoted")]
    [InlineData(true, 576)]
    [InlineData(false, 1280)]
    public void A_long_packet_is_quoted_in_part(bool ipv4, int length)
    {
        var packet = (ipv4 ? PacketBuilder.Ipv4() : PacketBuilder.Ipv6()).Udp().Payload(2000).Build();
        var ip = Answer(packet, IcmpError.HopLimitExceeded);
        Assert.Equal(length, ip.Length);
        Assert.Equal(0, SlowChecksums.Transport(ip.Packet, ip.TransportOffset, ip.Protocol));
    }

    [Theory(DisplayName = "RFC 1122 §3.2.2, RFC 4443 §2.4 e: who gets no error, and no reset")]
    [MemberData(nameof(Unanswered))]
    public void Gets_no_answer(string name, byte[] packet)
    {
        Assert.True(IpView.TryParse(packet, out var ip), name);
        Assert.False(IcmpError.MayAnswer(ip), name);
        Assert.True(IcmpError.HopLimitExceeded.Write(ip, new byte[IcmpError.MaxLength]) == 0, name);
        Assert.True(TcpReset.Write(ip, new byte[TcpReset.MaxLength]) == 0, name);
    }

    [Theory(DisplayName = "RFC 9293 §3.10.7.1: sequence and acknowledgment of a reset")]
    [InlineData(TcpFlags.Syn, 0, 0, 1001, TcpFlags.Rst | TcpFlags.Ack)]
    [InlineData(TcpFlags.Syn, 10, 0, 1011, TcpFlags.Rst | TcpFlags.Ack)]
    [InlineData(TcpFlags.Fin, 10, 0, 1011, TcpFlags.Rst | TcpFlags.Ack)]
    [InlineData(TcpFlags.None, 10, 0, 1010, TcpFlags.Rst | TcpFlags.Ack)]
    [InlineData(TcpFlags.Ack, 10, 77, 0, TcpFlags.Rst)]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack, 0, 77, 0, TcpFlags.Rst)]
    public void A_segment_is_answered_with_a_reset(TcpFlags flags, int payload, uint sequence, uint acknowledgment, TcpFlags answered)
    {
        foreach (var builder in new[] { PacketBuilder.Ipv4(), PacketBuilder.Ipv6() })
        {
            var packet = builder.Tcp(40000, 443, flags).Sequence(1000, 77).Mss(1460).Payload(payload).Build();
            Assert.True(IpView.TryParse(packet, out var ip));
            var answer = new byte[TcpReset.MaxLength];
            var length = TcpReset.Write(ip, answer);
            Assert.True(IpView.TryParse(answer.AsSpan(0, length), out var reset));
            Assert.True(TcpView.TryParse(reset.Transport, out var tcp));
            Assert.Equal((443, 40000, sequence, acknowledgment, answered), (tcp.SourcePort, tcp.DestinationPort, tcp.Sequence, tcp.Acknowledgment, tcp.Flags));
            Assert.Equal((ip.DestinationAddress, ip.SourceAddress), (reset.SourceAddress, reset.DestinationAddress));
            Assert.Equal(0, SlowChecksums.Header(reset.Packet));
            Assert.Equal(0, SlowChecksums.Transport(reset.Packet, reset.TransportOffset, IpProtocol.Tcp));
        }
    }

    [Theory(DisplayName = "RFC 9293 §3.10.7.4: a reset in a segment's place has its sequence number")]
    [InlineData(TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Rst | TcpFlags.Ack)]
    [InlineData(TcpFlags.Syn, TcpFlags.Rst)]
    public void A_segment_is_replaced_by_a_reset(TcpFlags flags, TcpFlags written)
    {
        foreach (var builder in new[] { PacketBuilder.Ipv4(), PacketBuilder.Ipv6() })
        {
            var packet = builder.HopLimit(9).Tcp(40000, 443, flags).Sequence(1000, 77).Payload(5).Build();
            Assert.True(IpView.TryParse(packet, out var ip));
            var bytes = new byte[TcpReset.MaxLength];
            Assert.True(IpView.TryParse(bytes.AsSpan(0, TcpReset.WriteForward(ip, bytes)), out var reset));
            Assert.True(TcpView.TryParse(reset.Transport, out var tcp));
            Assert.Equal((40000, 443, 1000u, 77u, written), (tcp.SourcePort, tcp.DestinationPort, tcp.Sequence, tcp.Acknowledgment, tcp.Flags));
            Assert.Equal((ip.SourceAddress, ip.DestinationAddress, 9), (reset.SourceAddress, reset.DestinationAddress, reset.HopLimit));
            Assert.Equal(0, SlowChecksums.Header(reset.Packet));
            Assert.Equal(0, SlowChecksums.Transport(reset.Packet, reset.TransportOffset, IpProtocol.Tcp));
        }
    }

    [Fact]
    public void An_error_may_have_another_sender_and_another_code()
    {
        Assert.True(IpView.TryParse(PacketBuilder.Ipv4().Udp().Build(), out var ip));
        var answer = new byte[IcmpError.MaxLength];
        var length = new IcmpError(12, 1, 4, 2, 5, 6).Write(ip, answer, [192, 0, 2, 254]);
        Assert.True(IpView.TryParse(answer.AsSpan(0, length), out var error));
        Assert.Equal("192.0.2.254", error.SourceAddress.ToString());
        Assert.Equal((12, 1, 5), (error.Transport[0], error.Transport[1], error.Transport[7]));
        Assert.Equal(0, SlowChecksums.Transport(error.Packet, 20, IpProtocol.Icmp));

        Assert.Throws<ArgumentException>(() => new IcmpError(8, 0, 1, 0));
        Assert.Throws<ArgumentException>(() => new IcmpError(3, 0, 128, 0));
        Assert.Throws<InvalidOperationException>(() =>
            default(IcmpError).Write(IpView.TryParse(PacketBuilder.Ipv4().Udp().Build(), out var packet) ? packet : default, new byte[1280]));
    }

    public static TheoryData<string, byte[]> NotReset => new()
    {
        { "a reset", PacketBuilder.Ipv4().Tcp(1, 2, TcpFlags.Rst | TcpFlags.Ack).Build() },
        { "a wrong checksum", PacketBuilder.Ipv4().Tcp(1, 2, TcpFlags.Syn).ChecksumError(1).Build() },
        { "a first fragment", PacketBuilder.Ipv4().Fragment(0, more: true).Tcp(1, 2, TcpFlags.Syn).Build() },
        { "a truncated segment", PacketBuilder.Ipv4().Tcp(1, 2, TcpFlags.Syn).Payload(50).Build()[..60] },
        { "UDP", PacketBuilder.Ipv4().Udp().Build() },
    };

    [Theory]
    [MemberData(nameof(NotReset))]
    public void Gets_no_reset(string name, byte[] packet)
    {
        Assert.True(IpView.TryParse(packet, out var ip), name);
        Assert.True(TcpReset.Write(ip, new byte[TcpReset.MaxLength]) == 0, name);
        Assert.True(TcpReset.WriteForward(ip, new byte[TcpReset.MaxLength]) == 0, name);
    }

    private static IpView Answer(byte[] packet, IcmpError error)
    {
        Assert.True(IpView.TryParse(packet, out var ip));
        var answer = new byte[IcmpError.MaxLength];
        var length = error.Write(ip, answer);
        Assert.True(IpView.TryParse(answer.AsSpan(0, length), out var written));
        Assert.Equal(length, written.Length);
        return written;
    }
}
