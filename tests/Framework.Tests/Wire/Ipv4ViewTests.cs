using Culvert.Testing;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>IPv4: what TryParse proves, padding and truncation (row P7), options and source routes.</summary>
public sealed class Ipv4ViewTests
{
    [Fact]
    public void ReadsEveryField()
    {
        var bytes = PacketBuilder.Ipv4("192.0.2.1", "198.51.100.2").TrafficClass(0xb9).HopLimit(3).Identification(0xbeef)
            .Fragment(1480, more: true).DontFragment().IpOptions(1, 1, 1).Udp().Payload(5).Build();
        Assert.True(Ipv4View.TryParse(bytes, out var view));
        Assert.Equal(24, view.HeaderLength);
        Assert.Equal(4, view.Options.Length);
        Assert.Equal(37, view.TotalLength);
        Assert.Equal(0xb9, view.TrafficClass);
        Assert.Equal(3, view.TimeToLive);
        Assert.Equal(0xbeef, view.Identification);
        Assert.Equal(1480, view.FragmentOffset);
        Assert.True(view.MoreFragments);
        Assert.True(view.DontFragment);
        Assert.False(view.ReservedFlag);
        Assert.True(view.IsFragment);
        Assert.Equal(IpProtocol.Udp, view.Protocol);
        Assert.Equal([192, 0, 2, 1], view.Source.ToArray());
        Assert.Equal([198, 51, 100, 2], view.Destination.ToArray());
        Assert.True(view.IsHeaderChecksumValid);
        view.TimeToLive--;
        Assert.True(view.IsHeaderChecksumValid);
        view.HeaderChecksum++;
        Assert.False(view.IsHeaderChecksumValid);
        view.FillHeaderChecksum();
        Assert.True(view.IsHeaderChecksumValid);
    }

    [Fact(DisplayName = "P7: bytes behind the total length are padding")]
    public void PaddingStaysOutside()
    {
        var bytes = PacketBuilder.Ipv4().Tcp().Padding(1, 2, 3, 4, 5, 6).Build();
        Assert.True(Ipv4View.TryParse(bytes, out var view));
        Assert.Equal(40, view.Packet.Length);
        Assert.False(view.IsTruncated);
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.Equal(ChecksumVerdict.Valid, PacketChecksums.JudgeTransport(packet).Verdict);
    }

    [Fact(DisplayName = "P7: a total length beyond the buffer is reported as truncated")]
    public void TruncationIsReported()
    {
        var bytes = PacketBuilder.Ipv4().Tcp().Payload(100).Build()[..60];
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.True(packet.IsTruncated);
        Assert.Equal(140, packet.Length);
        Assert.Equal(60, packet.Packet.Length);
        Assert.Equal(ChecksumObstacle.Truncated, PacketChecksums.JudgeTransport(packet).Obstacle);
    }

    [Theory(DisplayName = "P10: headers that are no IPv4 headers")]
    [InlineData("")]
    [InlineData("45")]
    [InlineData("4500002800000000400600000a0000010a0000")]
    [InlineData("4400002800000000400600000a0000010a000002")]
    [InlineData("4f00002800000000400600000a0000010a000002")]
    [InlineData("4500001300000000400600000a0000010a000002")]
    [InlineData("4500000000000000400600000a0000010a000002")]
    [InlineData("5500002800000000400600000a0000010a000002")]
    public void RefusesBrokenHeaders(string hex)
    {
        Assert.False(Ipv4View.TryParse(Convert.FromHexString(hex), out _));
        Assert.False(IpView.TryParse(Convert.FromHexString(hex), out _));
    }

    [Theory(DisplayName = "RFC 791 §3.1: a source route that is not used up names the pseudo-header's destination")]
    [InlineData(131, 4, true)]
    [InlineData(137, 8, true)]
    [InlineData(131, 12, false)]
    [InlineData(7, 4, false)]
    public void SourceRouteNamesTheFinalDestination(byte kind, byte pointer, bool routed)
    {
        var bytes = PacketBuilder.Ipv4("192.0.2.1", "198.51.100.2")
            .IpOptions(1, kind, 11, pointer, 203, 0, 113, 1, 203, 0, 113, 9).Tcp().Payload(9).Build();
        Assert.True(Ipv4View.TryParse(bytes, out var view));
        Assert.Equal(routed ? [203, 0, 113, 9] : [198, 51, 100, 2], view.FinalDestination.ToArray());
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.Equal(ChecksumVerdict.Valid, PacketChecksums.JudgeTransport(packet).Verdict);
    }

    [Fact]
    public void SettersWriteTheirFieldAndTheChecksum()
    {
        var bytes = PacketBuilder.Ipv4().Udp().Build();
        Assert.True(Ipv4View.TryParse(bytes, out var view));
        view.FragmentOffset = 8 * 0x1fff;
        Assert.False(view.DontFragment || view.MoreFragments || view.ReservedFlag);
        view.MoreFragments = true;
        view.DontFragment = true;
        view.FragmentOffset = 0;
        Assert.True(view.DontFragment && view.MoreFragments);
        view.DontFragment = false;
        view.MoreFragments = false;
        view.Identification = 0;
        Assert.Equal(PacketBuilder.Ipv4().Udp().Build(), bytes);
    }
}
