using Culvert.Testing;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>IPv6: the fixed header, and the walk over extension headers (row P8).</summary>
public sealed class Ipv6ViewTests
{
    [Fact]
    public void ReadsEveryField()
    {
        var bytes = PacketBuilder.Ipv6().TrafficClass(0xab).FlowLabel(0x12345).HopLimit(9).Udp().Payload(3).Build();
        Assert.True(Ipv6View.TryParse(bytes, out var view));
        Assert.Equal(0xab, view.TrafficClass);
        Assert.Equal(0x12345u, view.FlowLabel);
        Assert.Equal(9, view.HopLimit);
        Assert.Equal(11, view.PayloadLength);
        Assert.Equal(IpProtocol.Udp, view.NextHeader);
        view.TrafficClass = 0;
        Assert.Equal(0x12345u, view.FlowLabel);
        view.FlowLabel = uint.MaxValue;
        Assert.Equal(0, view.TrafficClass);
        Assert.Equal(0x60, bytes[0]);
    }

    public static TheoryData<string, PacketBuilder, int> Chains => new()
    {
        { "none", PacketBuilder.Ipv6(), 40 },
        { "hop-by-hop", PacketBuilder.Ipv6().HopByHop(5, 2, 0, 0, 1, 0), 48 },
        { "destination options, twice", PacketBuilder.Ipv6().DestinationOptions(new byte[14]).DestinationOptions(), 64 },
        { "authentication", PacketBuilder.Ipv6().AuthenticationHeader(), 64 },
        { "routing, used up", PacketBuilder.Ipv6().Routing(0, 0, "2001:db8::99"), 64 },
        { "routing type 0", PacketBuilder.Ipv6().Routing(0, 2, "2001:db8::98", "2001:db8::99"), 80 },
        { "routing type 2", PacketBuilder.Ipv6().Routing(2, 1, "2001:db8::99"), 64 },
        { "segment routing", PacketBuilder.Ipv6().Routing(4, 1, "2001:db8::99", "2001:db8::98"), 80 },
        { "atomic fragment", PacketBuilder.Ipv6().FragmentHeader(0, more: false), 48 },
        { "all", PacketBuilder.Ipv6().HopByHop().DestinationOptions().Routing(0, 1, "2001:db8::99").FragmentHeader(0, false)
            .AuthenticationHeader().DestinationOptions(), 40 + 8 + 8 + 24 + 8 + 24 + 8 },
    };

    [Theory(DisplayName = "P8: extension headers are walked, and the checksum behind them is judged right")]
    [MemberData(nameof(Chains))]
    public void WalksChains(string name, PacketBuilder builder, int offset)
    {
        Assert.NotEmpty(name);
        var bytes = builder.Tcp().Mss(1440).Payload(11).Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.True(packet.HasTransportHeader);
        Assert.False(packet.IsFragment);
        Assert.Equal(IpProtocol.Tcp, packet.Protocol);
        Assert.Equal(offset, packet.TransportOffset);
        Assert.Equal(35, packet.TransportLength);
        Assert.Equal(ChecksumVerdict.Valid, PacketChecksums.JudgeTransport(packet).Verdict);
        packet.Transport[^1] ^= 1;
        Assert.Equal(ChecksumVerdict.Bad, PacketChecksums.JudgeTransport(packet).Verdict);
    }

    [Fact(DisplayName = "RFC 8200 §8.1: the pseudo-header has the final destination")]
    public void RoutingNamesTheFinalDestination()
    {
        var bytes = PacketBuilder.Ipv6().Routing(0, 2, "2001:db8::98", "2001:db8::99").Tcp().Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        TcpView.TryParse(packet.Transport, out var tcp);
        var wanted = PacketBuilder.Ipv6("2001:db8::1", "2001:db8::99").Tcp().Build();
        Assert.True(IpView.TryParse(wanted, out var direct));
        TcpView.TryParse(direct.Transport, out var directTcp);
        Assert.Equal(directTcp.Checksum, tcp.Checksum);
    }

    [Fact]
    public void UnknownRouteCannotBeJudged()
    {
        var bytes = PacketBuilder.Ipv6().Routing(77, 1, "2001:db8::99").Tcp().Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.True(packet.HasTransportHeader);
        Assert.Equal(ChecksumObstacle.Unknown, PacketChecksums.JudgeTransport(packet).Obstacle);
        Assert.Equal(0u, packet.PseudoHeaderSum());
    }

    [Theory(DisplayName = "P5, P8: fragments")]
    [InlineData(0, true, true)]
    [InlineData(8, true, false)]
    [InlineData(1232, false, false)]
    public void Fragments(int offset, bool more, bool header)
    {
        var bytes = PacketBuilder.Ipv6().FragmentHeader(offset, more, 0xdeadbeef).Tcp().Payload(8).Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.True(packet.IsFragment);
        Assert.Equal(header, packet.HasTransportHeader);
        Assert.Equal(offset, packet.FragmentOffset);
        Assert.Equal(more, packet.MoreFragments);
        Assert.Equal(ChecksumObstacle.Fragment, PacketChecksums.JudgeTransport(packet).Obstacle);
        Assert.True(Ipv6View.TryParse(bytes, out var view));
        Assert.Equal(0xdeadbeef, Ipv6Chain.Walk(view).FragmentIdentification);
        Assert.Equal(40, Ipv6Chain.Walk(view).FragmentHeaderOffset);
    }

    [Theory(DisplayName = "P8: ESP and No Next Header end the walk")]
    [InlineData(IpProtocol.Esp)]
    [InlineData(IpProtocol.NoNextHeader)]
    [InlineData(IpProtocol.Mobility)]
    public void OtherHeadersEndTheWalk(IpProtocol protocol)
    {
        var bytes = PacketBuilder.Ipv6().HopByHop().Protocol(protocol).Payload(new byte[24]).Build();
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.Equal(protocol, packet.Protocol);
        Assert.Equal(48, packet.TransportOffset);
        Assert.Equal(ChecksumObstacle.Unknown, PacketChecksums.JudgeTransport(packet).Obstacle);
    }

    [Fact(DisplayName = "P8: the walk is bounded")]
    public void LongChainsAreNotFollowed()
    {
        var builder = PacketBuilder.Ipv6();
        for (var i = 0; i < Ipv6Chain.MaxHeaders; i++)
        {
            builder.DestinationOptions();
        }

        var longest = builder.Tcp().Build();
        Assert.True(IpView.TryParse(longest, out var packet));
        Assert.True(packet.HasTransportHeader);
        var tooLong = builder.DestinationOptions().Build();
        Assert.True(IpView.TryParse(tooLong, out packet));
        Assert.True(packet.IsChainBroken);
        Assert.False(packet.HasTransportHeader);
        Assert.Equal(ChecksumObstacle.Malformed, PacketChecksums.JudgeTransport(packet).Obstacle);
    }

    [Fact(DisplayName = "P10: a chain that is cut anywhere has no transport header")]
    public void CutChains()
    {
        var bytes = PacketBuilder.Ipv6().HopByHop().Routing(0, 0, "::1").AuthenticationHeader().FragmentHeader(0, false).Tcp().Build();
        for (var length = 40; length < bytes.Length; length++)
        {
            Assert.True(IpView.TryParse(bytes.AsSpan(0, length), out var packet));
            Assert.True(packet.IsTruncated);
            Assert.Equal(length >= bytes.Length - 20, packet.HasTransportHeader);
            Assert.Equal(ChecksumObstacle.Truncated, PacketChecksums.JudgeTransport(packet).Obstacle);
        }
    }
}
