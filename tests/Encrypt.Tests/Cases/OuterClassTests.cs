using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Testing;
using Culvert.Wire;

namespace Encrypt.Tests.Cases;

/// <summary>ECN by RFC 6040, DSCP by RFC 2983.</summary>
public sealed class OuterClassTests
{
    // RFC 6040 figure 4: a row for the packet's Not-ECT, ECT(0), ECT(1) and CE, a column for the datagram's; x drops.
    private static readonly Dictionary<char, EcnCodepoint> _names = new() { ['-'] = EcnCodepoint.NotEct, ['0'] = EcnCodepoint.Ect0, ['1'] = EcnCodepoint.Ect1, ['C'] = EcnCodepoint.Ce };

    [Theory]
    [InlineData('-', "---x")]
    [InlineData('0', "001C")]
    [InlineData('1', "111C")]
    [InlineData('C', "CCCC")]
    public void The_datagrams_mark_is_combined_with_the_packets(char inner, string result)
    {
        for (var version = 4; version <= 6; version += 2)
        {
            foreach (var (outer, expected) in "-01C".Zip(result))
            {
                var packet = Packet(version, (byte)(0xB8 | (int)_names[inner]));
                Assert.True(IpView.TryParse(packet, out var ip));
                Assert.Equal(expected != 'x', OuterClass.TryCombine(ip, (byte)(0x28 | (int)_names[outer])));
                Assert.Equal((expected == 'x' ? EcnCodepoint.NotEct : _names[expected], 0x2E), (ip.Ecn, ip.Dscp));
                Assert.True(version == 6 || InternetChecksum.Compute(packet.AsSpan(0, 20)) == 0);
            }
        }
    }

    [Theory]
    [InlineData(0, 0x01)]
    [InlineData(null, 0xB9)]
    [InlineData(10, 0x29)]
    public void A_datagram_has_the_packets_ECN_and_the_chosen_DSCP(int? dscp, byte expected)
    {
        Assert.Equal(expected, OuterClass.Of(Packet(4, 0xB9), dscp));
        Assert.Equal(expected, OuterClass.Of(Packet(6, 0xB9), dscp));
        Assert.Equal(0, OuterClass.Of([], dscp));
    }

    private static byte[] Packet(int version, byte trafficClass)
    {
        var packet = (version == 4 ? PacketBuilder.Ipv4() : PacketBuilder.Ipv6()).Udp(1, 2).Payload(8).Build();
        Assert.True(IpView.TryParse(packet, out var ip));
        ip.TrafficClass = trafficClass;
        return packet;
    }
}
