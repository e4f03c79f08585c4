using Culvert.Testing;
using Culvert.Tools.Captures;
using Culvert.Wire;

namespace Tools.Tests.Captures;

/// <summary>Packets that were captured on the host that sends them.</summary>
public sealed class CaptureOriginTests
{
    [Fact]
    public void A_length_of_zero_in_front_of_data_is_segmentation_to_come()
    {
        var ipv4 = PacketBuilder.Ipv4().Tcp().Payload(3000).Build();
        var ipv6 = PacketBuilder.Ipv6().Tcp().Payload(3000).Build();
        Assert.False(CaptureOrigin.IsUnsegmented(ipv4) || CaptureOrigin.IsUnsegmented(ipv6));
        (ipv4[2], ipv4[3], ipv6[4], ipv6[5]) = (0, 0, 0, 0);
        Assert.True(CaptureOrigin.IsUnsegmented(ipv4) && CaptureOrigin.IsUnsegmented(ipv6));
        Assert.Contains("captured before segmentation", PacketText.Summarize(ipv4), StringComparison.Ordinal);

        // IPv6 without payload in a padded Ethernet frame.
        Assert.False(CaptureOrigin.IsUnsegmented([0x60, .. new byte[45]]));
        Assert.False(CaptureOrigin.IsUnsegmented([]));
    }

    [Fact]
    public void The_sum_of_the_pseudo_header_alone_is_a_checksum_to_come()
    {
        foreach (var packet in new[] { PacketBuilder.Ipv4().Tcp().Payload(99).Build(), PacketBuilder.Ipv6().Udp().Payload(99).Build() })
        {
            Assert.False(CaptureOrigin.HasPartialChecksum(packet));
            IpView.TryParse(packet, out var ip);
            var field = ip.TransportOffset + (ip.IsIpv4 ? TcpView.ChecksumOffset : UdpView.ChecksumOffset);
            var partial = InternetChecksum.Fold(ip.PseudoHeaderSum());
            (packet[field], packet[field + 1]) = ((byte)(partial >> 8), (byte)partial);
            Assert.True(CaptureOrigin.HasPartialChecksum(packet));
            packet[field] ^= 1;
            Assert.False(CaptureOrigin.HasPartialChecksum(packet));
        }
    }

    [Fact]
    public async Task Replay_names_both()
    {
        using var folder = new ScratchFolder();
        var unsegmented = PacketBuilder.Ipv4().Tcp().Payload(3000).Build();
        (unsegmented[2], unsegmented[3]) = (0, 0);
        var partial = PacketBuilder.Ipv4().Udp().Payload(99).Build();
        IpView.TryParse(partial, out var ip);
        var sum = InternetChecksum.Fold(ip.PseudoHeaderSum());
        (partial[26], partial[27]) = ((byte)(sum >> 8), (byte)sum);
        var input = folder.Write("in.pcap", CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, linkType: 101)
            .PcapRecord(1, 1, unsegmented).PcapRecord(2, 1, partial).ToArray());
        var (code, output, _) = await CommandLine.Run("replay", "--in", input, folder.WritePipeline());
        Assert.Equal(0, code);
        Assert.Contains("1 captured before segmentation", output, StringComparison.Ordinal);
        Assert.Contains("1 captured before checksum offload", output, StringComparison.Ordinal);
    }
}
