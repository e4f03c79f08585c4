using Culvert.Testing;
using Culvert.Tools.Captures;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>TCP, UDP, ICMP, ICMPv6 and Ethernet: what TryParse proves, and the fields.</summary>
public sealed class TransportViewTests
{
    [Fact]
    public void ReadsTheOriginPacket()
    {
        Assert.True(IpView.TryParse(Convert.FromHexString(OriginPackets.In), out var packet));
        Assert.True(TcpView.TryParse(packet.Transport, out var tcp));
        Assert.Equal(80, tcp.SourcePort);
        Assert.Equal(42319, tcp.DestinationPort);
        Assert.Equal(0x4a211b10u, tcp.Sequence);
        Assert.Equal(0x80edfc2cu, tcp.Acknowledgment);
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, tcp.Flags);
        Assert.True(tcp.IsSyn);
        Assert.Equal(10, tcp.DataOffset);
        Assert.Equal(0x68df, tcp.Window);
        Assert.Equal(0, tcp.UrgentPointer);
        Assert.True(tcp.Payload.IsEmpty);
        Assert.Equal("10.80.0.112", packet.SourceAddress.ToString());
        Assert.Equal("172.18.128.9", packet.DestinationAddress.ToString());
    }

    [Theory(DisplayName = "O7: a data offset below 5 or past the packet's end")]
    [InlineData(4, false)]
    [InlineData(0, false)]
    [InlineData(5, true)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    [InlineData(15, false)]
    public void DataOffsetIsProved(int words, bool proved)
    {
        var bytes = PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).DataOffset(words).Payload(8).Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.Equal(proved, TcpView.TryParse(packet.Transport, out _));
    }

    [Fact]
    public void TcpSettersWriteTheirFieldAndTheChecksum()
    {
        var bytes = PacketBuilder.Ipv4().Tcp(1, 2, TcpFlags.Syn).Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.True(TcpView.TryParse(packet.Transport, out var tcp));
        tcp.Flags = (TcpFlags)ushort.MaxValue;
        Assert.Equal(5, tcp.DataOffset);
        tcp.DataOffset = 6;
        Assert.Equal((TcpFlags)0x1ff, tcp.Flags);
        tcp.DataOffset = 5;
        tcp.Flags = TcpFlags.Syn;
        Assert.Equal(PacketBuilder.Ipv4().Tcp(1, 2, TcpFlags.Syn).Build(), bytes);
    }

    [Fact(DisplayName = "A6: UDP over IPv4 with 0 carries none; over IPv6 0 is wrong")]
    public void UdpZero()
    {
        Assert.True(IpView.TryParse(PacketBuilder.Ipv4().Udp().Checksum(0).Payload(5).Build(), out var v4));
        Assert.Equal(ChecksumVerdict.NoneCarried, PacketChecksums.JudgeTransport(v4).Verdict);
        Assert.True(IpView.TryParse(PacketBuilder.Ipv6().Udp().Checksum(0).Payload(5).Build(), out var v6));
        var finding = PacketChecksums.JudgeTransport(v6);
        Assert.Equal(ChecksumVerdict.Bad, finding.Verdict);
        Assert.NotEqual(0, finding.Wanted);
    }

    [Fact(DisplayName = "A6: a computed UDP checksum of 0 goes out as ffff")]
    public void UdpComputedZero()
    {
        var found = false;
        for (var value = 0; value <= ushort.MaxValue && !found; value++)
        {
            var bytes = PacketBuilder.Ipv4().Udp().Payload((byte)(value >> 8), (byte)value).Build();
            IpView.TryParse(bytes, out var packet);
            UdpView.TryParse(packet.Transport, out var udp);
            Assert.NotEqual(0, udp.Checksum);
            if (udp.Checksum == ushort.MaxValue)
            {
                found = true;
                Assert.Equal(ChecksumVerdict.Valid, PacketChecksums.JudgeTransport(packet).Verdict);
                udp.Checksum = 1;
                Assert.Equal(ushort.MaxValue, PacketChecksums.JudgeTransport(packet).Wanted);
            }
        }

        Assert.True(found);
    }

    [Theory]
    [InlineData(7, false, false)]
    [InlineData(8, true, false)]
    [InlineData(13, true, false)]
    [InlineData(14, true, true)]
    public void UdpLengthIsProved(int length, bool proved, bool truncated)
    {
        var bytes = PacketBuilder.Ipv4().Udp().UdpLength(length).Payload(5).Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.Equal(proved, UdpView.TryParse(packet.Transport, out var udp));
        Assert.Equal(proved && truncated, proved && udp.IsTruncated);
    }

    [Fact]
    public void IcmpFields()
    {
        var bytes = PacketBuilder.Ipv4().Icmp(3, 4, 1400).Payload(28).Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.True(IcmpView.TryParse(packet.Transport, out var icmp));
        Assert.Equal((3, 4, 1400), (icmp.Type, icmp.Code, icmp.NextHopMtu));
        Assert.True(icmp.IsChecksumValid);
        Assert.Equal(28, icmp.Payload.Length);
        Assert.False(IcmpView.TryParse(packet.Transport[..7], out _));
    }

    [Fact]
    public void Icmpv6Fields()
    {
        var bytes = PacketBuilder.Ipv6().Icmp(2, 0, 1280).Payload(48).Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.True(Icmpv6View.TryParse(packet.Transport, out var icmp));
        Assert.Equal((2, 0, 1280u), (icmp.Type, icmp.Code, icmp.Mtu));
        Assert.True(icmp.IsChecksumValid(packet.PseudoHeaderSum()));
        Assert.False(Icmpv6View.TryParse(packet.Transport[..7], out _));
    }

    [Theory(DisplayName = "Icmp over the wrong family is an unknown protocol")]
    [InlineData(IpProtocol.Icmp)]
    [InlineData(IpProtocol.Icmpv6)]
    public void IcmpOfTheOtherFamily(IpProtocol protocol)
    {
        var builder = protocol == IpProtocol.Icmp ? PacketBuilder.Ipv6() : PacketBuilder.Ipv4();
        Assert.True(IpView.TryParse(builder.Protocol(protocol).Payload(16).Build(), out var packet));
        Assert.Equal(ChecksumObstacle.Unknown, PacketChecksums.JudgeTransport(packet).Obstacle);
    }

    [Fact]
    public void AFindingSaysWhereWhatAndWhatInstead()
    {
        var bytes = Convert.FromHexString(OriginPackets.Out1);
        IpView.TryParse(bytes, out var packet);
        var finding = PacketChecksums.JudgeTransport(packet);
        Assert.Equal((ChecksumVerdict.Bad, 0x0301, 0x0302, 36), (finding.Verdict, finding.Found, finding.Wanted, finding.Offset));
        Ipv4View.TryParse(bytes, out var header);
        Assert.Equal(ChecksumVerdict.Valid, PacketChecksums.JudgeHeader(header).Verdict);
        bytes[8]++;
        Assert.Equal((ushort)0x03e1, PacketChecksums.JudgeHeader(header).Wanted);
    }

    [Theory(DisplayName = "P11: VLAN tags are seen through")]
    [InlineData(new ushort[0])]
    [InlineData(new ushort[] { 7 })]
    [InlineData(new ushort[] { 100, 4095 })]
    public void VlanTags(ushort[] vlans)
    {
        var packet = PacketBuilder.Ipv4().Tcp().Build();
        var frame = PacketBuilder.Ipv4().Ethernet(vlans).Tcp().Build();
        Assert.True(EthernetView.TryParse(frame, out var view));
        Assert.Equal(vlans.Length, view.VlanCount);
        Assert.Equal(EtherType.Ipv4, view.EtherType);
        Assert.True(view.IsIp);
        Assert.Equal(packet, view.Payload.ToArray());
        for (var i = 0; i < vlans.Length; i++)
        {
            Assert.Equal(vlans[i], view.VlanId(i));
        }

        Assert.Equal(0, view.VlanId(vlans.Length));
        for (var cut = 0; cut < view.HeaderLength; cut++)
        {
            Assert.False(EthernetView.TryParse(frame.AsSpan(0, cut), out _));
        }
    }

    [Fact]
    public void TooManyVlanTagsAreRefused()
    {
        Assert.True(EthernetView.TryParse(PacketBuilder.Ipv4().Ethernet(1, 2, 3, 4).Tcp().Build(), out _));
        Assert.False(EthernetView.TryParse(PacketBuilder.Ipv4().Ethernet(1, 2, 3, 4, 5).Tcp().Build(), out _));
    }
}
