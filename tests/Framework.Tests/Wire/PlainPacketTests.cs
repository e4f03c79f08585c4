using Culvert.Testing;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>The short proof agrees with the full one: it holds for exactly the plain packets whose checksums the full one finds valid.</summary>
public sealed class PlainPacketTests
{
    private static readonly byte[][] Plain =
    [
        PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Ack).Payload(1).Build(),
        PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Mss(1460).Payload(1400).Build(),
        PacketBuilder.Ipv6().Tcp(flags: TcpFlags.Ack).Payload(333).Build(),
        PacketBuilder.Ipv4().Udp().Payload(0).Build(),
        PacketBuilder.Ipv4().Udp().Payload(31).Build(),
        PacketBuilder.Ipv6().Udp().Payload(64).Build(),
    ];

    [Fact]
    public void Plain_packets_are_proved()
    {
        foreach (var packet in Plain)
        {
            Assert.True(PlainPacket.TryProve(packet, out var isIpv4, out var protocol), Convert.ToHexString(packet));
            Assert.True(IpView.TryParse(packet, out var ip));
            Assert.Equal((ip.IsIpv4, ip.Protocol), (isIpv4, protocol));
        }
    }

    [Fact]
    public void A_fragment_and_a_padded_packet_are_not_plain_although_their_sums_hold()
    {
        foreach (var packet in Plain)
        {
            Assert.False(PlainPacket.TryProve([.. packet, 0], out _, out _));
            if (Ipv4View.TryParse((byte[])packet.Clone(), out var first) && Ipv4View.TryParse((byte[])packet.Clone(), out var later))
            {
                first.MoreFragments = true;
                later.FragmentOffset = 8;
                Assert.True(first.IsHeaderChecksumValid && later.IsHeaderChecksumValid);
                Assert.False(PlainPacket.TryProve(first.Packet, out _, out _));
                Assert.False(PlainPacket.TryProve(later.Packet, out _, out _));
            }
        }
    }

    [Fact]
    public void Any_changed_byte_of_a_plain_packet_is_judged_as_the_full_proof_does()
    {
        foreach (var packet in Plain)
        {
            for (var i = 0; i < packet.Length; i++)
            {
                var changed = (byte[])packet.Clone();
                changed[i] ^= (byte)(1 << (i % 8));
                AssertAgrees(changed);
            }
        }
    }

    [Fact]
    public void Any_bytes_are_judged_as_the_full_proof_does()
    {
        var proved = 0;
        foreach (var bytes in WireLawsTests.Samples(100_000, seed: 7))
        {
            proved += AssertAgrees(bytes) ? 1 : 0;
        }

        Assert.True(proved > 1000, $"Only {proved} packets were proved: the samples are too broken to prove anything.");
    }

    private static bool AssertAgrees(byte[] bytes)
    {
        var expected = IsPlain(bytes, out var ip) && PacketChecksums.JudgeTransport(ip).Verdict == ChecksumVerdict.Valid
            && (!ip.TryAsIpv4(out var ipv4) || PacketChecksums.JudgeHeader(ipv4).Verdict == ChecksumVerdict.Valid);
        var proved = PlainPacket.TryProve(bytes, out var isIpv4, out var protocol);
        Assert.True(proved == expected, $"{Convert.ToHexString(bytes)}: {proved}");
        if (proved)
        {
            Assert.Equal((ip.IsIpv4, ip.Protocol), (isIpv4, protocol));
        }

        return proved;
    }

    private static bool IsPlain(byte[] bytes, out IpView ip)
    {
        if (!IpView.TryParse(bytes, out ip) || ip.IsFragment || ip.IsTruncated || ip.Length != bytes.Length
            || ip.TransportOffset != (ip.IsIpv4 ? Ipv4View.MinimumHeaderLength : Ipv6View.HeaderLength))
        {
            return false;
        }

        return ip.Protocol == IpProtocol.Tcp
            || (ip.Protocol == IpProtocol.Udp && UdpView.TryParse(ip.Transport, out var udp) && udp.Length == ip.TransportLength);
    }
}
