using Culvert.Wire;
using Culvert.Wire.Text;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// A packet of any bytes: what parses has accessors that never fail, lies inside the packet and changes nothing; its text is one line and has no
/// control characters; its answers are packets themselves.
/// </summary>
internal sealed class PacketTarget : FuzzTarget
{
    private readonly byte[] _answer = new byte[2048];

    public override IEnumerable<byte[]> Seeds => SeedPackets.All;

    public override int MaxLength => 1600;

    public override void Run(byte[] input)
    {
        var packet = (byte[])input.Clone();
        var summary = PacketText.Summarize(packet);
        Assert.DoesNotContain(summary, char.IsControl);
        Assert.DoesNotContain(PacketText.Describe(packet).Replace("\n", "", StringComparison.Ordinal), char.IsControl);
        Assert.False(FieldChanges.Compare(packet, (byte[])packet.Clone()).Any);
        PacketFields.Read(packet);
        if (IpView.TryParse(packet, out var ip))
        {
            ReadHeader(ip, packet);
            ReadTransport(ip);
            Answer(ip);
        }

        Assert.True(input.AsSpan().SequenceEqual(packet), "reading changed the packet");
    }

    private static void ReadHeader(IpView ip, byte[] packet)
    {
        Assert.True(ip.Packet.Length <= packet.Length && ip.TransportOffset <= ip.Packet.Length);
        Assert.Equal(ip.IsTruncated, ip.Length > ip.Packet.Length);
        Assert.Equal(ip.SourceAddress, IpAddressValue.Read(ip.Source));
        Assert.Equal(FlowKey.Read(ip), FlowKey.Read(ip).Reversed.Reversed);
        _ = (ip.TrafficClass, ip.HopLimit, ip.Dscp, ip.Ecn, ip.TransportLength, ip.PseudoHeaderSum());
        if (ip.TryAsIpv4(out var v4))
        {
            PacketChecksums.JudgeHeader(v4);
        }
        else if (ip.TryAsIpv6(out var v6))
        {
            var chain = Ipv6Chain.Walk(v6);
            Assert.Equal(chain.IsComplete, !ip.IsChainBroken);
        }
    }

    private static void ReadTransport(IpView ip)
    {
        var finding = PacketChecksums.JudgeTransport(ip);
        Assert.True(finding.Verdict != ChecksumVerdict.Bad || finding.Offset + 2 <= ip.Packet.Length);
        if (TcpView.TryParse(ip.Transport, out var tcp))
        {
            var bytes = 0;
            foreach (var option in tcp.Options)
            {
                bytes += option.Bytes.Length;
                _ = (option.Value.Length, option.IsMss ? option.Mss : 0);
            }

            Assert.True(bytes <= tcp.HeaderLength - TcpView.MinimumHeaderLength);
        }

        if (UdpView.TryParse(ip.Transport, out var udp))
        {
            Assert.True(udp.Payload.Length <= ip.Transport.Length);
        }

        if (IcmpQuote.TryParse(ip, out var quote))
        {
            _ = (quote.SourcePort, quote.DestinationPort, quote.EchoIdentifier, FlowKey.Read(quote));
        }
    }

    private void Answer(IpView ip)
    {
        Check(IcmpError.MayAnswer(ip) ? IcmpError.PacketTooBig(1280).Write(ip, _answer) : 0);
        Check(TcpReset.Write(ip, _answer));
        Check(TcpReset.WriteForward(ip, _answer));
    }

    private void Check(int length)
    {
        if (length == 0)
        {
            return;
        }

        Assert.True(IpView.TryParse(_answer.AsSpan(0, length), out var answer) && answer.Length == length);
        Assert.Equal(ChecksumVerdict.Valid, PacketChecksums.JudgeTransport(answer).Verdict);
    }
}
