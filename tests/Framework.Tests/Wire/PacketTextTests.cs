using System.Text;
using Culvert.Testing;
using Culvert.Wire;
using VerifyXunit;

namespace Framework.Tests.Wire;

/// <summary>What a person sees of a packet: snapshots of each kind, and the law that text never throws.</summary>
public sealed class PacketTextTests
{
    private static readonly (string Name, byte[] Bytes)[] Packets =
    [
        ("origin, as sent", Convert.FromHexString(OriginPackets.In)),
        ("origin, as received: off by one", Convert.FromHexString(OriginPackets.Out1)),
        ("origin, as received: right by luck", Convert.FromHexString(OriginPackets.Out3)),
        ("MSS at an odd offset", Convert.FromHexString(OriginPackets.OddSyn)),
        ("IPv6 SYN", Convert.FromHexString(OriginPackets.Ipv6Syn)),
        ("data, IP options, DSCP, all flags", PacketBuilder.Ipv4().TrafficClass(0xb9).IpOptions(1, 1, 1).Tcp(flags: (TcpFlags)0x1ff)
            .Sequence(100, 200).Window(9, 7).Option(TcpOptionKind.Sack, 0, 0, 0, 1, 0, 0, 0, 9).Payload(10).Build()),
        ("no flags, a bad IPv4 checksum", PacketBuilder.Ipv4().IpChecksum(0x1234).Tcp(flags: TcpFlags.None).Build()),
        ("odd options", PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Option((TcpOptionKind)254, 1, 2).TcpOptionBytes(2, 3, 5)
            .EndOfOptions().TcpOptionBytes(7, 7).Build()),
        ("an option of length 0", PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Nop().TcpOptionBytes(2, 0, 5, 180).Build()),
        ("a kind in the last byte", PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Nop().Nop().Nop().TcpOptionBytes(2).Build()),
        ("data offset past the end", PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).DataOffset(15).Build()),
        ("first fragment", PacketBuilder.Ipv4().Identification(7).Fragment(0, more: true).Tcp().Payload(8).Build()),
        ("later fragment", PacketBuilder.Ipv4().Identification(7).Fragment(1480, more: false).Tcp().Payload(8).Build()),
        ("padding behind the packet", PacketBuilder.Ipv4().Tcp().Padding(0, 0, 0, 0, 0, 0).Build()),
        ("snapped short", PacketBuilder.Ipv4().Tcp().Payload(1000).Build()[..60]),
        ("UDP", PacketBuilder.Ipv4().Udp().Payload(5).Build()),
        ("UDP without a checksum", PacketBuilder.Ipv4().Udp().Checksum(0).Payload(5).Build()),
        ("UDP with a bad one, IPv6", PacketBuilder.Ipv6().Udp().Checksum(0).Payload(5).Build()),
        ("UDP with a short length", PacketBuilder.Ipv4().Udp().UdpLength(3).Payload(5).Build()),
        ("ping", PacketBuilder.Ipv4().Ping(1, 2).Payload(56).Build()),
        ("ping with a bad checksum", PacketBuilder.Ipv4().Ping(1, 2).ChecksumError(1).Payload(56).Build()),
        ("fragmentation needed", PacketBuilder.Ipv4().Icmp(3, 4, 1400).Payload(28).Build()),
        ("ping, IPv6, class and flow", PacketBuilder.Ipv6().TrafficClass(4).FlowLabel(0xabcde).Ping(3, 4).Payload(8).Build()),
        ("packet too big", PacketBuilder.Ipv6().Icmp(2, 0, 1280).Payload(48).Build()),
        ("extension headers", PacketBuilder.Ipv6().HopByHop().DestinationOptions().Tcp(flags: TcpFlags.Syn).Mss(1440).Build()),
        ("IPv6 fragment", PacketBuilder.Ipv6().FragmentHeader(1232, true, 99).Udp().Payload(8).Build()),
        ("unknown route", PacketBuilder.Ipv6().Routing(77, 1, "::1").Tcp().Build()),
        ("chain cut", PacketBuilder.Ipv6().HopByHop().Tcp().Build()[..44]),
        ("ESP", PacketBuilder.Ipv6().Protocol(IpProtocol.Esp).Payload(24).Build()),
        ("protocol 99", PacketBuilder.Ipv4().Protocol((IpProtocol)99).Payload(24).Build()),
        ("not IP", [0x12, 0x34]),
        ("nothing", []),
    ];

    [Fact]
    public async Task Describe()
    {
        var text = new StringBuilder();
        foreach (var (name, bytes) in Packets)
        {
            text.Append("-- ").AppendLine(name).AppendLine(PacketText.Describe(bytes));
        }

        await Verifier.Verify(text.ToString());
    }

    [Fact]
    public async Task Summarize()
    {
        var text = new StringBuilder();
        foreach (var (_, bytes) in Packets)
        {
            text.AppendLine(PacketText.Summarize(bytes));
        }

        await Verifier.Verify(text.ToString());
    }

    [Fact]
    public void TextNeverThrows()
    {
        foreach (var bytes in WireLawsTests.Samples(30_000, seed: 11))
        {
            try
            {
                Assert.NotEmpty(PacketText.Describe(bytes));
                Assert.DoesNotContain('\n', PacketText.Summarize(bytes));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(Convert.ToHexString(bytes), failure);
            }
        }
    }
}
