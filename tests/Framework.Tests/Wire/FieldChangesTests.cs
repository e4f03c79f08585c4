using System.Text;
using Culvert.Testing;
using Culvert.Wire;
using Culvert.Wire.Text;
using VerifyXunit;

namespace Framework.Tests.Wire;

/// <summary>Two states of a packet, compared: the names, and the law that no changed byte goes unseen.</summary>
public sealed class FieldChangesTests
{
    [Fact(DisplayName = "A1: the report's packet, clamped: the MSS and the checksum, nothing else")]
    public void OriginClamp()
    {
        var before = Convert.FromHexString(OriginPackets.In);
        var after = (byte[])before.Clone();
        IpView.TryParse(after, out var packet);
        TcpView.TryParse(packet.Transport, out var tcp);
        foreach (var option in tcp.Options)
        {
            option.Mss = 1405;
        }

        var changes = FieldChanges.Compare(before, after);
        Assert.Equal("MSS 8961 → 1405, TCP checksum e771 → 04f6", changes.ToString());
        Assert.Equal(HeaderFields.TcpMss | HeaderFields.TransportChecksum, changes.Fields);
        Assert.Equal(HeaderFields.TcpMss, changes.Beyond(HeaderFields.TransportChecksum));
        Assert.Equal(ChecksumVerdict.Valid, PacketChecksums.JudgeTransport(packet).Verdict);
    }

    private static PacketBuilder Tcp() => PacketBuilder.Ipv4().Tcp(1, 2, TcpFlags.Syn);

    [Fact]
    public async Task Names()
    {
        (byte[] Before, byte[] After)[] pairs =
        [
            (PacketBuilder.Ipv4().Ping(1, 1).Build(), PacketBuilder.Ipv4().HopLimit(63).TrafficClass(4).Ping(2, 1).Build()),
            (PacketBuilder.Ipv4().Udp(1, 2).Payload(5).Build(), PacketBuilder.Ipv4("10.0.0.9").DontFragment().Udp(3, 4).Payload(6).Build()),
            (Tcp().Build(), Tcp().Mss(536).Build()),
            (Tcp().Mss(9).Mss(8).Nop().Nop().Build(), Tcp().Mss(9).Mss(7).Nop().Build()),
            (Tcp().Payload(1, 2, 3, 4).Build(), Tcp().Payload(1, 2, 9, 4).Build()),
            (Tcp().Build(), PacketBuilder.Ipv4().Tcp(1, 3, TcpFlags.Ack).Sequence(5, 6).Window(7, 8).Build()),
            (PacketBuilder.Ipv6().Tcp().Build(), PacketBuilder.Ipv6().HopByHop().Tcp().Build()),
            (PacketBuilder.Ipv6().FragmentHeader(8, true).Tcp().Build(), PacketBuilder.Ipv6().FragmentHeader(16, true).Tcp().Build()),
            (PacketBuilder.Ipv6().Tcp().Build(), PacketBuilder.Ipv6().Udp().Build()),
            (PacketBuilder.Ipv4().Tcp().Padding(1).Build(), PacketBuilder.Ipv4().Tcp().Padding(2, 3).Build()),
            ([1, 2], [1, 3]),
        ];
        var text = new StringBuilder();
        foreach (var (before, after) in pairs)
        {
            var changes = FieldChanges.Compare(before, after);
            text.AppendLine(PacketText.Summarize(before)).Append("  ").AppendJoin("\n  ", changes.All).AppendLine();
            text.Append("  = ").AppendLine(changes.Fields.ToString());
        }

        await Verifier.Verify(text.ToString());
    }

    [Fact]
    public void AnotherVersionIsAnotherPacket()
    {
        var changes = FieldChanges.Compare(PacketBuilder.Ipv4().Tcp().Build(), PacketBuilder.Ipv6().Tcp().Build());
        Assert.Equal(HeaderFields.All, changes.Fields);
        Assert.Equal(HeaderFields.None, changes.Beyond(HeaderFields.All));
    }

    [Fact]
    public void NoChangedByteGoesUnseen()
    {
        var random = new Random(5);
        foreach (var before in WireLawsTests.Samples(30_000, seed: 13))
        {
            Assert.False(FieldChanges.Compare(before, (byte[])before.Clone()).Any);
            var after = (byte[])before.Clone();
            if (after.Length > 0)
            {
                after[random.Next(after.Length)] ^= (byte)random.Next(1, 256);
                Assert.True(FieldChanges.Compare(before, after).Any, Convert.ToHexString(before) + " " + Convert.ToHexString(after));
                Assert.NotEqual(HeaderFields.None, FieldChanges.Compare(before, after).Fields);
            }

            byte[] longer = [.. before, 0];
            Assert.True(FieldChanges.Compare(before, longer).Any);
            Assert.True(FieldChanges.Compare(longer, before).Any);
        }
    }
}
