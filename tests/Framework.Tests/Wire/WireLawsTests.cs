using Culvert.Testing;
using Culvert.Tools.Captures;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>
/// Laws over random and mutated bytes, seeded and bounded: no TryParse throws, and behind one that succeeded no accessor does, whatever
/// the bytes say (rows P10, O4, O6, O7). Each run puts the packet against the end of its array, so that a read past it throws.
/// </summary>
public sealed class WireLawsTests
{
    private static readonly byte[][] Seeds =
    [
        Convert.FromHexString(OriginPackets.In),
        Convert.FromHexString(OriginPackets.OddSyn),
        Convert.FromHexString(OriginPackets.Ipv6Syn),
        PacketBuilder.Ipv4().IpOptions(131, 11, 4, 1, 2, 3, 4, 5, 6, 7, 8).Tcp(flags: TcpFlags.Syn).Mss(1460).SackPermitted()
            .Timestamps(1, 2).Nop().WindowScale(7).Payload(9).Build(),
        PacketBuilder.Ipv4().Udp().Payload(31).Build(),
        PacketBuilder.Ipv4().Fragment(64, more: true).Udp().Payload(64).Build(),
        PacketBuilder.Ipv4().Icmp(3, 4, 1400).Payload(28).Build(),
        PacketBuilder.Ipv6().Icmp(2, 0, 1280).Payload(48).Build(),
        PacketBuilder.Ipv4().Icmp(3, 1).Payload(PacketBuilder.Ipv4().IpOptions(1, 1, 1).Udp().Payload(9).Build()).Build(),
        PacketBuilder.Ipv6().Icmp(1, 4).Payload(PacketBuilder.Ipv6().HopByHop().Tcp().Payload(9).Build()).Build(),
        PacketBuilder.Ipv4().Ping(7, 1).Payload(9).Build(),
        PacketBuilder.Ipv6().HopByHop().DestinationOptions(new byte[20]).Routing(0, 1, "::1").AuthenticationHeader()
            .FragmentHeader(0, false).Tcp().Mss(9000).Build(),
        PacketBuilder.Ipv4().Ethernet(1, 2).Tcp().Build(),
    ];

    /// <summary>Random bytes, and every seed with a few bytes changed and its end cut anywhere.</summary>
    public static IEnumerable<byte[]> Samples(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            byte[] bytes;
            if (i % 8 == 0)
            {
                bytes = new byte[random.Next(100)];
                random.NextBytes(bytes);
            }
            else
            {
                bytes = (byte[])Seeds[random.Next(Seeds.Length)].Clone();
                for (var change = random.Next(5); change > 0; change--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                bytes = random.Next(3) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
            }

            yield return bytes;
        }
    }

    [Fact]
    public void NothingThrowsOnAnyBytes()
    {
        long parsed = 0;
        foreach (var bytes in Samples(200_000, seed: 42))
        {
            try
            {
                parsed += ReadAll(bytes);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(Convert.ToHexString(bytes), failure);
            }
        }

        Assert.True(parsed > 100_000, $"Only {parsed} packets parsed: the samples are too broken to prove anything.");
    }

    [Fact]
    public void ReadingChangesNothing()
    {
        foreach (var bytes in Samples(5_000, seed: 7))
        {
            var copy = (byte[])bytes.Clone();
            ReadAll(bytes);
            Assert.Equal(copy, bytes);
        }
    }

    [Fact(DisplayName = "P10: changing and answering any bytes throws nothing, and changes no other packet's")]
    public void Changing_and_answering_any_bytes_throws_nothing()
    {
        var random = new Random(11);
        var answer = new byte[IcmpError.MaxLength];
        long changed = 0;
        long answered = 0;
        foreach (var bytes in Samples(100_000, seed: 43))
        {
            var padded = new byte[bytes.Length + 8];
            bytes.CopyTo(padded, 0);
            try
            {
                if (IpView.TryParse(padded.AsSpan(0, bytes.Length), out var ip))
                {
                    changed += Change(ip, random);
                    answered += IcmpError.HopLimitExceeded.Write(ip, answer) + TcpReset.Write(ip, answer) + TcpReset.WriteForward(ip, answer);
                }
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(Convert.ToHexString(bytes), failure);
            }

            Assert.Equal(new byte[8], padded[bytes.Length..]);
        }

        Assert.True(changed > 5_000, $"Only {changed} packets quoted another.");
        Assert.True(answered > 1_000_000, $"Only {answered} bytes of answers.");
    }

    private static long Change(IpView ip, Random random)
    {
        Span<byte> address = stackalloc byte[16];
        random.NextBytes(address);
        address = address[..ip.Source.Length];
        (ip.HopLimit, ip.Dscp, ip.Ecn) = ((byte)random.Next(256), random.Next(64), (EcnCodepoint)random.Next(4));
        ip.SetSource(address);
        ip.SetDestination(IpAddressValue.Read(address));
        (ip.SourcePort, ip.DestinationPort, ip.EchoIdentifier) = ((ushort)random.Next(65536), 1, 2);
        if (TcpView.TryParse(ip.Transport, out var tcp))
        {
            foreach (var option in tcp.Options)
            {
                option.Mss = 1300;
            }
        }

        if (!IcmpQuote.TryParse(ip, out var quote))
        {
            return 0;
        }

        quote.SetSource(address);
        quote.SetDestination(IpAddressValue.Read(address));
        (quote.SourcePort, quote.DestinationPort, quote.EchoIdentifier) = (3, 4, 5);
        return 1;
    }

    private static long ReadAll(Span<byte> bytes)
    {
        if (EthernetView.TryParse(bytes, out var frame))
        {
            _ = frame.EtherType;
            _ = frame.VlanId(frame.VlanCount - 1) + frame.Source[5] + frame.Destination[5] + frame.Payload.Length;
        }

        if (!IpView.TryParse(bytes, out var packet))
        {
            return 0;
        }

        Assert.InRange(packet.TransportOffset, 20, packet.Packet.Length);
        Assert.True(packet.TransportLength >= packet.Transport.Length);
        Assert.True(packet.Packet.Length <= bytes.Length);
        _ = packet.SourceAddress;
        _ = packet.DestinationAddress;
        _ = packet.PseudoHeaderSum();
        _ = Ipv4View.TryParse(packet.Packet, out var v4) ? PacketChecksums.JudgeHeader(v4) : default;
        _ = PacketChecksums.JudgeTransport(packet);
        ReadTransport(packet);
        return 1;
    }

    private static void ReadTransport(IpView packet)
    {
        if (TcpView.TryParse(packet.Transport, out var tcp))
        {
            _ = tcp.SourcePort + tcp.DestinationPort + tcp.Sequence + tcp.Acknowledgment + tcp.Window + tcp.UrgentPointer;
            _ = tcp.ComputeChecksum(0) + tcp.Payload.Length;
            var steps = 0;
            var end = TcpView.MinimumHeaderLength;
            foreach (var option in tcp.Options)
            {
                Assert.True(++steps <= 40);
                Assert.Equal(end, option.Offset);
                end = option.Offset + option.Bytes.Length;
                Assert.True(end <= tcp.HeaderLength);
                _ = (int)option.Kind + option.Mss + option.Value.Length;
            }
        }

        if (UdpView.TryParse(packet.Transport, out var udp))
        {
            _ = udp.SourcePort + udp.DestinationPort + udp.ComputeChecksum(0) + udp.Payload.Length;
        }

        if (IcmpView.TryParse(packet.Transport, out var icmp))
        {
            _ = icmp.Type + icmp.Code + icmp.Identifier + icmp.Sequence + icmp.ComputeChecksum() + icmp.Payload.Length;
        }

        if (Icmpv6View.TryParse(packet.Transport, out var icmpv6))
        {
            _ = icmpv6.Type + icmpv6.Code + icmpv6.Identifier + icmpv6.Sequence + icmpv6.Mtu + icmpv6.ComputeChecksum(0);
        }
    }
}
