using System.Net;
using CsCheck;
using Culvert.Testing;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>
/// Rewriting addresses, ports and echo identifiers, in packets and in the packets that ICMP errors quote. The judge is a packet built anew
/// with the new values, every checksum computed over all of its bytes.
/// </summary>
public sealed class RewriteLawsTests
{
    private static readonly Gen<Flow> Flows = Gen.Select(
        Gen.Bool, Gen.Byte.Array[64], Gen.UShort, Gen.Enum<Transport>(), Gen.Enum<Shape>(), Gen.Int[0, 40], Gen.UShort[0, 65534],
        (ipv4, addresses, port, transport, shape, payload, error) => new Flow(
            ipv4, addresses[..(ipv4 ? 4 : 16)], addresses[16..(ipv4 ? 20 : 32)], port, (ushort)(port ^ 0x1234), transport, shape, payload,
            (error & 1) == 0 ? (ushort)0 : error));

    private enum Transport
    {
        Tcp,
        Udp,
        UdpWithoutChecksum,
        Echo,
        Other,
    }

    private enum Shape
    {
        Plain,
        Options,
        FirstFragment,
        UsedUpRoute,
    }

    [Fact(DisplayName = "Addresses, ports and identifiers: the rewritten packet is the packet built anew")]
    public void Rewriting_equals_building_again() => Gen.Select(Flows, Flows).Sample((flow, other) =>
    {
        var wanted = flow with { Source = other.AddressFor(flow), Destination = other.AddressFor(flow, 1), SourcePort = other.SourcePort, DestinationPort = other.DestinationPort };
        var packet = flow.Build();
        Assert.True(IpView.TryParse(packet, out var ip));
        ip.SetSource(wanted.Source);
        ip.SetDestination(IpAddressValue.Read(wanted.Destination));
        if (flow.Transport == Transport.Echo)
        {
            Assert.Equal(flow.SourcePort, ip.EchoIdentifier);
            ip.EchoIdentifier = wanted.SourcePort;
        }
        else
        {
            ip.SourcePort = wanted.SourcePort;
            ip.DestinationPort = wanted.DestinationPort;
        }

        AssertSame(wanted, wanted.Build(), packet);
    }, iter: 20_000);

    [Fact(DisplayName = "A key read and another written: the packet built anew, and the quote of it")]
    public void A_flow_key_rewrites_packet_and_quote() => Gen.Select(Flows, Flows).Sample((flow, other) =>
    {
        var wanted = flow with { Source = other.AddressFor(flow), Destination = other.AddressFor(flow, 1), SourcePort = other.SourcePort, DestinationPort = other.DestinationPort };
        var (packet, error) = (flow.Build(), flow.BuildError(100, error: 0));
        Assert.True(IpView.TryParse(packet, out var ip));
        Assert.True(IpView.TryParse(error, out var errorIp));
        Assert.True(IcmpQuote.TryParse(errorIp, out var quote));
        var key = FlowKey.Read(ip);
        Assert.Equal(key, FlowKey.Read(quote));
        Assert.Equal(key, key.Reversed.Reversed);
        var mapped = key.WithDestination(IpAddressValue.Read(wanted.Destination), wanted.DestinationPort)
            .WithSource(IpAddressValue.Read(wanted.Source), wanted.SourcePort);
        mapped.Write(ip);
        mapped.Write(quote);
        Assert.Equal(ip.HasPorts || ip.HasEchoIdentifier ? mapped : mapped with { SourcePort = 0, DestinationPort = 0 }, FlowKey.Read(ip));
        AssertSame(wanted, wanted.Build(), packet);
        AssertSame(wanted, wanted.BuildError(100, error: 0, flow), error);
    }, iter: 10_000);

    [Theory(DisplayName = "A reply has the reversed key of its request, an echo's included")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reply_has_the_reversed_key(bool ipv4)
    {
        var (a, b) = ipv4 ? ("192.0.2.1", "192.0.2.2") : ("fd00::1", "fd00::2");
        var request = Key(Builder(a, b).Udp(5000, 53).Build());
        Assert.Equal(request.Reversed, Key(Builder(b, a).Udp(53, 5000).Build()));
        var ping = Key(Builder(a, b).Ping(7, 1).Build()).WithSource(request.Destination, 99);
        Assert.Equal(ping.Reversed, Key(Builder(b, b).Icmp(ipv4 ? (byte)0 : (byte)129, 0, 99u << 16).Build()));
        Assert.NotEqual(request, Key(Builder(a, b).Tcp(5000, 53).Build()));

        PacketBuilder Builder(string source, string destination) =>
            ipv4 ? PacketBuilder.Ipv4(source, destination) : PacketBuilder.Ipv6(source, destination);

        static FlowKey Key(byte[] packet) => IpView.TryParse(packet, out var ip) ? FlowKey.Read(ip) : default;
    }

    [Fact(DisplayName = "Quoted packets: the rewritten error is the error built anew, wherever the quote was cut")]
    public void Rewriting_a_quote_equals_building_it_again() => Gen.Select(Flows, Flows, Gen.Int[0, 100]).Sample((flow, other, cut) =>
    {
        var wanted = flow with { Source = other.AddressFor(flow), Destination = other.AddressFor(flow, 1), SourcePort = other.SourcePort, DestinationPort = other.DestinationPort };
        cut &= ~1; // A checksum of which one byte is quoted cannot be updated.
        var error = flow.BuildError(cut, flow.Error);
        Assert.True(IpView.TryParse(error, out var ip));
        Assert.True(IcmpQuote.TryParse(ip, out var quote));
        quote.SetSource(IpAddressValue.Read(wanted.Source));
        quote.SetDestination(wanted.Destination);
        if (quote.HasEchoIdentifier)
        {
            quote.EchoIdentifier = wanted.SourcePort;
        }

        quote.SourcePort = wanted.SourcePort;
        quote.DestinationPort = wanted.DestinationPort;

        // A field that the cut left out cannot be rewritten, and is not quoted in the judge either.
        var whole = quote.HasPorts || quote.HasEchoIdentifier || flow.Transport == Transport.Other;
        var judge = whole ? wanted : wanted with { SourcePort = flow.SourcePort, DestinationPort = flow.DestinationPort };
        AssertSame(judge, judge.BuildError(cut, flow.Error, flow), error);
    }, iter: 20_000);

    [Theory(DisplayName = "P5: a later fragment has no transport header: addresses and header checksum change, nothing else")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_later_fragment_keeps_its_data(bool ipv4)
    {
        var packet = (ipv4 ? PacketBuilder.Ipv4().Fragment(64, more: true) : PacketBuilder.Ipv6().FragmentHeader(64, more: true)).Tcp().Payload(20).Build();
        var before = (byte[])packet.Clone();
        Assert.True(IpView.TryParse(packet, out var ip));
        var address = ipv4 ? new byte[] { 192, 0, 2, 7 } : IPAddress.Parse("2001:db8:9::7").GetAddressBytes();
        ip.SetSource(address);
        ip.SetDestination(address);
        ip.SourcePort = 7;
        ip.DestinationPort = 7;
        ip.EchoIdentifier = 7;

        Assert.False(ip.HasPorts);
        Assert.Equal(before[ip.TransportOffset..], packet[ip.TransportOffset..]);
        Assert.Equal(address, ip.Source.ToArray());
        Assert.Equal(address, ip.Destination.ToArray());
        Assert.Equal(0, SlowChecksums.Header(packet));
    }

    [Fact(DisplayName = "RFC 8200 §8.1: behind an open route the destination is not in the pseudo-header")]
    public void An_open_route_keeps_the_transport_checksum()
    {
        var packet = PacketBuilder.Ipv6().Routing(0, 1, "2001:db8::9").Tcp().Payload(5).Build();
        Assert.True(IpView.TryParse(packet, out var ip));
        ip.SetDestination(IPAddress.Parse("2001:db8::77").GetAddressBytes());
        ip.SetSource(IPAddress.Parse("2001:db8::78").GetAddressBytes());
        Assert.Equal(0, SlowChecksums.Transport(packet, ip.TransportOffset, IpProtocol.Tcp, finalDestination: 48));

        var routed = PacketBuilder.Ipv4().IpOptions(131, 7, 4, 203, 0, 113, 9, 0).Udp().Payload(5).Build();
        Assert.True(IpView.TryParse(routed, out ip));
        ip.SetDestination([192, 0, 2, 1]);
        Assert.Equal(0, SlowChecksums.Header(routed));
        Assert.Equal(0, SlowChecksums.Transport(routed, ip.TransportOffset, IpProtocol.Udp, finalDestination: 23));
    }

    [Theory(DisplayName = "RFC 3828, RFC 4340 §9: UDP-Lite and DCCP have UDP's checksum field")]
    [InlineData(IpProtocol.UdpLite)]
    [InlineData(IpProtocol.Dccp)]
    public void Udp_lite_and_dccp(IpProtocol protocol)
    {
        byte[] message = [0, 1, 0, 2, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        var packet = PacketBuilder.Ipv6().Protocol(protocol).Payload(message).Build();
        var sum = (ushort)(65535 - SlowChecksums.Transport(packet, 40, protocol));
        (packet[46], packet[47]) = ((byte)(sum >> 8), (byte)sum);
        Assert.True(IpView.TryParse(packet, out var ip));
        ip.SetSource(IPAddress.Parse("fd00::1").GetAddressBytes());
        ip.SourcePort = 4321;
        ip.DestinationPort = 99;
        Assert.Equal((4321, 99), (ip.SourcePort, ip.DestinationPort));
        Assert.Equal(0, SlowChecksums.Transport(packet, 40, protocol));
    }

    [Fact(DisplayName = "RFC 6296 §3.1: a checksum-neutral address leaves every transport checksum untouched")]
    public void A_neutral_address_leaves_the_checksum()
    {
        // RFC 6296 §3.4: FD01:0203:0405:0001::1234 becomes 2001:0DB8:0001:D550::1234.
        var packet = PacketBuilder.Ipv6("fd01:203:405:1::1234").Tcp().Payload(5).Build();
        Assert.True(IpView.TryParse(packet, out var ip));
        Assert.True(TcpView.TryParse(ip.Transport, out var tcp));
        var checksum = tcp.Checksum;
        ip.SetSource(IPAddress.Parse("2001:db8:1:d550::1234").GetAddressBytes());
        Assert.Equal(checksum, tcp.Checksum);
    }

    [Fact]
    public void An_address_of_the_other_family_is_refused()
    {
        Assert.True(IpView.TryParse(PacketBuilder.Ipv4().Udp().Build(), out var ip));
        try
        {
            ip.SetSource(new byte[16]);
        }
        catch (ArgumentException failure)
        {
            Assert.StartsWith("An IPv4 address has 4 bytes, not 16.", failure.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Fail("It was accepted.");
    }

    [Fact]
    public void What_is_not_an_error_has_no_quote()
    {
        byte[][] packets =
        [
            PacketBuilder.Ipv4().Ping(1, 1).Payload(PacketBuilder.Ipv4().Udp().Build()).Build(),
            PacketBuilder.Ipv6().Icmp(135).Payload(PacketBuilder.Ipv6().Udp().Build()).Build(),
            PacketBuilder.Ipv4().Icmp(3).Payload(PacketBuilder.Ipv4().Udp().Build()[..19]).Build(),
            PacketBuilder.Ipv4().Icmp(3).Payload(PacketBuilder.Ipv6().Udp().Build()).Build(),
            PacketBuilder.Ipv4().Icmp(3).Build()[..26],
            PacketBuilder.Ipv4().Fragment(8, more: false).Icmp(3).Payload(PacketBuilder.Ipv4().Udp().Build()).Build(),
            PacketBuilder.Ipv4().Udp().Payload(PacketBuilder.Ipv4().Udp().Build()).Build(),
        ];
        foreach (var packet in packets)
        {
            Assert.True(IpView.TryParse(packet, out var ip));
            Assert.False(IcmpQuote.TryParse(ip, out _));
        }
    }

    private static void AssertSame(Flow flow, byte[] wanted, byte[] actual)
    {
        if (!wanted.AsSpan().SequenceEqual(actual) && (flow.Error == 0 || !SameButZeros(wanted, actual)))
        {
            Assert.Fail($"{flow}: {Convert.ToHexString(actual)}, wanted {Convert.ToHexString(wanted)}");
        }
    }

    // A wrong checksum has two representations where it is 0 in one's complement.
    private static bool SameButZeros(byte[] wanted, byte[] actual) => wanted.Length == actual.Length
        && Enumerable.Range(0, wanted.Length / 2).All(word => Word(wanted, word) == Word(actual, word)
            || (Word(wanted, word), Word(actual, word)) is (0, 0xFFFF) or (0xFFFF, 0));

    private static int Word(byte[] bytes, int word) => (bytes[2 * word] << 8) | bytes[(2 * word) + 1];

    private sealed record Flow(
        bool IsIpv4, byte[] Source, byte[] Destination, ushort SourcePort, ushort DestinationPort, Transport Transport, Shape Shape,
        int Payload, ushort Error)
    {
        public byte[] AddressFor(Flow other, int salt = 0)
        {
            var bytes = new byte[other.Source.Length];
            new Random(SourcePort + salt + (Payload << 16)).NextBytes(bytes);
            return bytes;
        }

        public byte[] Build()
        {
            var builder = PacketBuilder.Ip(new IPAddress(Source), new IPAddress(Destination));
            builder = (Shape, IsIpv4) switch
            {
                (Shape.Options, true) => builder.IpOptions(1, 1, 1, 1),
                (Shape.Options, false) => builder.HopByHop().DestinationOptions(),
                (Shape.FirstFragment, true) => builder.Fragment(0, more: true),
                (Shape.FirstFragment, false) => builder.FragmentHeader(0, more: true),
                (Shape.UsedUpRoute, false) => builder.Routing(0, 0, "2001:db8::9"),
                _ => builder,
            };
            builder = Transport switch
            {
                Transport.Tcp => builder.Tcp(SourcePort, DestinationPort),
                Transport.Udp => builder.Udp(SourcePort, DestinationPort),
                Transport.UdpWithoutChecksum => builder.Udp(SourcePort, DestinationPort).Checksum(0),
                Transport.Echo => builder.Ping(SourcePort, 7),
                _ => builder.Protocol(IpProtocol.Gre),
            };
            return builder.ChecksumError(Error).Payload(Payload).Build();
        }

        /// <summary>An error about this packet, cut to the IP headers and so many bytes; its sender and receiver are others.</summary>
        public byte[] BuildError(int cut, ushort error, Flow? headersOf = null)
        {
            var quoted = Build();
            Assert.True(IpView.TryParse((headersOf ?? this).Build(), out var ip));
            var length = Math.Min(quoted.Length, ip.TransportOffset + cut);
            var builder = IsIpv4 ? PacketBuilder.Ipv4("198.51.100.1", "198.51.100.2").Icmp(11) : PacketBuilder.Ipv6().Icmp(1, 4);
            return builder.ChecksumError(error).Payload(quoted[..length]).Build();
        }
    }
}
