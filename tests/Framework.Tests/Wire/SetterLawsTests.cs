using CsCheck;
using Culvert.Testing;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>
/// The law of every setter, rows A3 to A8: the field reads back, nothing changes but the field and the checksums that cover it, and each
/// checksum is as right or as wrong as before. The judge adds up words one at a time.
/// </summary>
public sealed class SetterLawsTests
{
    private delegate void Setter(byte[] packet, uint value);

    private delegate uint Getter(byte[] packet);

    private sealed record Field(IpProtocol Protocol, Getter Get, Setter Set, uint Mask, int Bytes = 2, bool IsIpv4Only = false);

    private static readonly Dictionary<string, Field> Fields = new()
    {
        ["traffic class"] = new(0, p => Ip(p).TrafficClass, (p, v) => { var ip = Ip(p); ip.TrafficClass = (byte)v; }, 0xFF),
        ["dscp"] = new(0, p => (uint)Ip(p).Dscp, (p, v) => { var ip = Ip(p); ip.Dscp = (int)v; }, 0x3F),
        ["ecn"] = new(0, p => (uint)Ip(p).Ecn, (p, v) => { var ip = Ip(p); ip.Ecn = (EcnCodepoint)v; }, 3),
        ["hop limit"] = new(0, p => Ip(p).HopLimit, (p, v) => { var ip = Ip(p); ip.HopLimit = (byte)v; }, 0xFF, 1),
        ["ip source port"] = new(IpProtocol.Tcp, p => Ip(p).SourcePort, (p, v) => { var ip = Ip(p); ip.SourcePort = (ushort)v; }, 0xFFFF),
        ["ip destination port"] = new(IpProtocol.Udp, p => Ip(p).DestinationPort, (p, v) => { var ip = Ip(p); ip.DestinationPort = (ushort)v; }, 0xFFFF),
        ["ip echo"] = new(IpProtocol.Icmp, p => Ip(p).EchoIdentifier, (p, v) => { var ip = Ip(p); ip.EchoIdentifier = (ushort)v; }, 0xFFFF),
        ["tcp source"] = new(IpProtocol.Tcp, p => Tcp(p).SourcePort, (p, v) => { var tcp = Tcp(p); tcp.SourcePort = (ushort)v; }, 0xFFFF),
        ["tcp destination"] = new(IpProtocol.Tcp, p => Tcp(p).DestinationPort, (p, v) => { var tcp = Tcp(p); tcp.DestinationPort = (ushort)v; }, 0xFFFF),
        ["tcp sequence"] = new(IpProtocol.Tcp, p => Tcp(p).Sequence, (p, v) => { var tcp = Tcp(p); tcp.Sequence = v; }, uint.MaxValue, 4),
        ["tcp acknowledgment"] = new(IpProtocol.Tcp, p => Tcp(p).Acknowledgment, (p, v) => { var tcp = Tcp(p); tcp.Acknowledgment = v; }, uint.MaxValue, 4),
        ["tcp flags"] = new(IpProtocol.Tcp, p => (uint)Tcp(p).Flags, (p, v) => { var tcp = Tcp(p); tcp.Flags = (TcpFlags)v; }, 0x1FF),
        ["tcp data offset"] = new(IpProtocol.Tcp, p => (uint)Tcp(p).DataOffset, (p, v) => { var tcp = Tcp(p); tcp.DataOffset = (int)(v & 1) + 5; }, 0, 1),
        ["tcp window"] = new(IpProtocol.Tcp, p => Tcp(p).Window, (p, v) => { var tcp = Tcp(p); tcp.Window = (ushort)v; }, 0xFFFF),
        ["tcp urgent"] = new(IpProtocol.Tcp, p => Tcp(p).UrgentPointer, (p, v) => { var tcp = Tcp(p); tcp.UrgentPointer = (ushort)v; }, 0xFFFF),
        ["udp source"] = new(IpProtocol.Udp, p => Udp(p).SourcePort, (p, v) => { var udp = Udp(p); udp.SourcePort = (ushort)v; }, 0xFFFF),
        ["udp destination"] = new(IpProtocol.Udp, p => Udp(p).DestinationPort, (p, v) => { var udp = Udp(p); udp.DestinationPort = (ushort)v; }, 0xFFFF),
        ["icmp type"] = new(IpProtocol.Icmp, p => Icmp(p).Type, (p, v) => { var icmp = Icmp(p); icmp.Type = (byte)v; }, 0xFF, 1),
        ["icmp code"] = new(IpProtocol.Icmp, p => Icmp(p).Code, (p, v) => { var icmp = Icmp(p); icmp.Code = (byte)v; }, 0xFF, 1),
        ["icmp identifier"] = new(IpProtocol.Icmp, p => Icmp(p).Identifier, (p, v) => { var icmp = Icmp(p); icmp.Identifier = (ushort)v; }, 0xFFFF),
        ["icmp mtu"] = new(IpProtocol.Icmp, p => Icmp(p).NextHopMtu, (p, v) => { var icmp = Icmp(p); icmp.NextHopMtu = (ushort)v; }, 0xFFFF),
        ["icmpv6 type"] = new(IpProtocol.Icmpv6, p => Icmpv6(p).Type, (p, v) => { var icmp = Icmpv6(p); icmp.Type = (byte)v; }, 0xFF, 1),
        ["icmpv6 code"] = new(IpProtocol.Icmpv6, p => Icmpv6(p).Code, (p, v) => { var icmp = Icmpv6(p); icmp.Code = (byte)v; }, 0xFF, 1),
        ["icmpv6 identifier"] = new(IpProtocol.Icmpv6, p => Icmpv6(p).Identifier, (p, v) => { var icmp = Icmpv6(p); icmp.Identifier = (ushort)v; }, 0xFFFF),
        ["icmpv6 sequence"] = new(IpProtocol.Icmpv6, p => Icmpv6(p).Sequence, (p, v) => { var icmp = Icmpv6(p); icmp.Sequence = (ushort)v; }, 0xFFFF),
        ["icmpv6 mtu"] = new(IpProtocol.Icmpv6, p => Icmpv6(p).Mtu, (p, v) => { var icmp = Icmpv6(p); icmp.Mtu = v; }, uint.MaxValue, 4),
        ["identification"] = new(0, p => Ipv4(p).Identification, (p, v) => { var ip = Ipv4(p); ip.Identification = (ushort)v; }, 0xFFFF, IsIpv4Only: true),
        ["fragment offset"] = new(0, p => (uint)Ipv4(p).FragmentOffset, (p, v) => { var ip = Ipv4(p); ip.FragmentOffset = (int)v; }, 0xFFF8, IsIpv4Only: true),
        ["don't fragment"] = new(0, p => Ipv4(p).DontFragment ? 1u : 0, (p, v) => { var ip = Ipv4(p); ip.DontFragment = v == 1; }, 1, IsIpv4Only: true),
    };

    public static TheoryData<string, bool> Cases => [.. from entry in Fields
        from ipv4 in new[] { true, false }
        where entry.Value.Protocol != (ipv4 ? IpProtocol.Icmpv6 : IpProtocol.Icmp) && (ipv4 || !entry.Value.IsIpv4Only)
        select new TheoryDataRow<string, bool>(entry.Key, ipv4)];

    [Theory(DisplayName = "A3, A8: a setter keeps every checksum as right or as wrong as it was")]
    [MemberData(nameof(Cases))]
    public void Setters_keep_the_checksums(string name, bool ipv4)
    {
        var entry = Fields[name];
        var protocol = entry.Protocol == 0 ? IpProtocol.Tcp : entry.Protocol;
        Gen.Select(Gen.UInt, Gen.Int[0, 3], Gen.UShort[1, 65534], Gen.Byte.Array[1, 40]).Sample((value, wrong, error, payload) =>
        {
            value = (value & entry.Mask) is var masked && entry.Mask != 0 ? masked : value;
            var packet = Build(protocol, ipv4, payload, (wrong & 1) != 0 ? error : (ushort)0, (wrong & 2) != 0 ? error : null);
            var before = (byte[])packet.Clone();
            var transport = ipv4 ? 20 : 40;
            entry.Set(packet, value);
            return (entry.Mask == 0 || entry.Get(packet) == value)
                && SlowChecksums.Header(packet) == SlowChecksums.Header(before)
                && SlowChecksums.Transport(packet, transport, protocol) == SlowChecksums.Transport(before, transport, protocol)
                && (wrong != 0 || IsRight(packet, transport, protocol))
                && Changed(before, packet) <= entry.Bytes + 2;
        }, iter: 2000);
    }

    [Theory(DisplayName = "A5: writing the value that a field has changes nothing, whatever the checksum is")]
    [MemberData(nameof(Cases))]
    public void An_unchanged_value_changes_nothing(string name, bool ipv4)
    {
        var entry = Fields[name];
        var protocol = entry.Protocol == 0 ? IpProtocol.Tcp : entry.Protocol;
        foreach (ushort checksum in new ushort[] { 0, 1, 0xFFFF })
        {
            var packet = Build(protocol, ipv4, [1, 2, 3], 0, checksum, checksum);
            var before = (byte[])packet.Clone();
            entry.Set(packet, entry.Mask == 0 ? entry.Get(packet) - 5 : entry.Get(packet));
            Assert.Equal(Convert.ToHexString(before), Convert.ToHexString(packet));
        }
    }

    [Fact(DisplayName = "A6: a UDP checksum of 0 stays 0, and a result of 0 is written as ffff")]
    public void Udp_zero_rule()
    {
        var none = PacketBuilder.Ipv4().Udp(1, 2).Checksum(0).Payload(5).Build();
        var ip = Ip(none);
        ip.SourcePort = 99;
        ip.SetSource([192, 0, 2, 1]);
        Assert.Equal(0, Udp(none).Checksum);

        var becameZero = 0;
        for (var port = 0; port <= ushort.MaxValue; port++)
        {
            var packet = PacketBuilder.Ipv4().Udp(1, 2).Build();
            var udp = Udp(packet);
            udp.SourcePort = (ushort)port;
            Assert.NotEqual(0, udp.Checksum);
            Assert.Equal(0, SlowChecksums.Transport(packet, 20, IpProtocol.Udp));
            becameZero += udp.Checksum == ushort.MaxValue ? 1 : 0;
        }

        Assert.Equal(1, becameZero);
    }

    private static byte[] Build(IpProtocol protocol, bool ipv4, byte[] payload, ushort error, ushort? ipChecksum, ushort? checksum = null)
    {
        var builder = ipv4 ? PacketBuilder.Ipv4() : PacketBuilder.Ipv6();
        builder = ipv4 && ipChecksum is { } wrong ? builder.IpChecksum(wrong) : builder;
        builder = protocol switch
        {
            IpProtocol.Tcp => builder.Tcp(1, 2, TcpFlags.Syn).Nop().Nop().Nop().Nop(),
            IpProtocol.Udp => builder.Udp(1, 2),
            _ => builder.Ping(1, 2),
        };
        builder = checksum is { } fixedValue ? builder.Checksum(fixedValue) : builder.ChecksumError(error);
        return builder.Payload(payload).Build();
    }

    // Beyond the residual: a right checksum has the one representation that a full computation gives it.
    private static bool IsRight(byte[] packet, int transport, IpProtocol protocol)
    {
        var checksum = protocol switch { IpProtocol.Tcp => 16, IpProtocol.Udp => 6, _ => 2 };
        var entry = (packet[transport + checksum] << 8) | packet[transport + checksum + 1];
        return SlowChecksums.Header(packet) == 0 && SlowChecksums.Transport(packet, transport, protocol) == 0
            && entry != (protocol == IpProtocol.Udp ? 0 : 0xFFFF);
    }

    private static int Changed(byte[] before, byte[] after) => before.Zip(after).Count(pair => pair.First != pair.Second);

    private static IpView Ip(byte[] packet) => IpView.TryParse(packet, out var ip) ? ip : throw new InvalidOperationException();

    private static Ipv4View Ipv4(byte[] packet) => Ip(packet).TryAsIpv4(out var ip) ? ip : throw new InvalidOperationException();

    private static TcpView Tcp(byte[] packet) => TcpView.TryParse(packet.AsSpan(Start(packet)), out var tcp) ? tcp : throw new InvalidOperationException();

    private static UdpView Udp(byte[] packet) => UdpView.TryParse(packet.AsSpan(Start(packet)), out var udp) ? udp : throw new InvalidOperationException();

    private static IcmpView Icmp(byte[] packet) => IcmpView.TryParse(packet.AsSpan(Start(packet)), out var icmp) ? icmp : throw new InvalidOperationException();

    private static Icmpv6View Icmpv6(byte[] packet) => Icmpv6View.TryParse(packet.AsSpan(Start(packet)), out var icmp) ? icmp : throw new InvalidOperationException();

    private static int Start(byte[] packet) => packet[0] >> 4 == 4 ? 20 : 40;
}
