using System.Buffers.Binary;
using Culvert.Plugins.MssClamp;
using Culvert.Tools.Captures;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Cases;

/// <summary>Row P11: Ethernet frames from a capture are seen through, IEEE 802.3 and 802.1Q.</summary>
public sealed class FrameTests
{
    private static readonly byte[] _syn = new TcpPacket { Options = TcpBytes.Mss(1460) }.ToBytes();
    private static readonly byte[] _clamped = new TcpPacket { Options = TcpBytes.Mss(1360) }.ToBytes();

    [Theory]
    [InlineData("no tag", new int[0])]
    [InlineData("one tag", new[] { 0x8100, 5 })]
    [InlineData("QinQ", new[] { 0x88A8, 5, 0x8100, 6 })]
    public void A_packet_behind_tags_is_clamped(string about, int[] tags)
    {
        Assert.NotEmpty(about);
        var frame = Frame(_syn, [.. tags, 0x0800]);
        Assert.True(EthernetView.TryParse(frame, out var view) && view.IsIp);
        Assert.Equal(MssOutcome.Clamped, MssClamper.Clamp(view.Payload, new MssLimits(1360, 1340)).Outcome);
        Assert.Equal(Frame(_clamped, [.. tags, 0x0800]), frame);
    }

    [Fact]
    public void The_padding_of_a_short_frame_is_untouched()
    {
        byte[] padding = [2, 4, 0xFF, 0xFF, 0, 0];
        var frame = Frame([.. _syn, .. padding], [0x0800]);
        EthernetView.TryParse(frame, out var view);
        MssClamper.Clamp(view.Payload, new MssLimits(1360, 1340));
        Assert.Equal(Frame([.. _clamped, .. padding], [0x0800]), frame);
    }

    [Theory]
    [InlineData(0x0806)]
    [InlineData(0x8847)]
    [InlineData(0x88CC)]
    public void An_unknown_EtherType_is_no_packet(int type)
    {
        Assert.True(EthernetView.TryParse(Frame(_syn, [type]), out var view));
        Assert.False(view.IsIp);
    }

    private static byte[] Frame(byte[] payload, int[] tags)
    {
        var header = new byte[12 + (2 * tags.Length)];
        for (var i = 0; i < tags.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(12 + (2 * i)), (ushort)tags[i]);
        }

        return [.. header, .. payload];
    }
}
